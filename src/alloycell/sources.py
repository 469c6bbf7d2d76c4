"""Where a number comes from: its source, its level, how far it may be trusted.

Levels: ``measured`` (read in the source), ``computed`` (follows from measured values by a stated method),
``assumed`` (from memory or engineering habit; every report lists these by name).
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Level", "Source", "Sourced", "Value"]

Level = Literal["measured", "computed", "assumed"]

Value = TypeVar("Value")


class Source(BaseModel):
    """A publication or data set: author, year, title, DOI; what ``alloycell cite`` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: str = Field(min_length=2, description="authors, or the body that publishes the data")
    year: int = Field(ge=1800, le=2100, description="year of publication")
    title: str = Field(min_length=3, description="title, or what the data set is called")
    where: str = Field("", description="journal with volume and page, publisher or repository")
    doi: str = Field("", pattern=r"^(10\.\d{4,9}/\S+)?$", description="DOI, empty where there is none")
    licence: str = Field("", description="licence of the data set, where one applies")

    def short(self) -> str:
        """Author and year, as in running text; no units."""
        surname = self.author.split(",")[0].split(" and ")[0].strip()
        return f"{surname} {self.year}"


class Sourced(BaseModel, Generic[Value]):
    """A value with its source, level, and the range over which sources spread.

    ``value`` and ``spread`` carry the unit of their kind and are SI inside. ``source`` is a key of the record's
    ``sources`` table, or ``"memory"`` for an assumed value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    value: Value
    source: str = Field(min_length=1)
    level: Level
    spread: tuple[Value, Value] | None = None
    note: str = ""
