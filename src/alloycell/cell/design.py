"""What a design file declares: every field with its unit, limits and meaning."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from alloycell.alloy import Particle
from alloycell.cell.case import Case
from alloycell.cell.rates import RATES, Rate
from alloycell.declaration import Declared, NotTruth
from alloycell.electrode import Electrode
from alloycell.quantities import ArealCharge, AtomFraction, Fraction, Loading, Number, Thickness, kind_of

__all__ = ["AddedLithium", "Design", "Electrolyte", "Operation", "Separator", "Simulation"]


_Open = Annotated[Number, kind_of("fraction", low=0.0, high=1.0, low_open=True, high_open=True)]


class Separator(Declared):
    """The separator: a material record, its thickness [m] and, where it differs from the record, its porosity."""

    material: str
    thickness: Thickness
    porosity: _Open | None = Field(None, description="pore volume over volume; the record's where left out")


class Electrolyte(Declared):
    """The electrolyte: a material record and how much of it, as volume over pore volume of the dry stack."""

    material: str
    fill: Annotated[Number, kind_of("ratio", low=0.0, high=100.0, low_open=True)] = Field(
        description="electrolyte volume over the pore volume of electrodes and separator as made"
    )


class AddedLithium(Declared):
    """Lithium put on a surface beyond what the positive brings: one of dose, mass, film or target.

    ``target`` is the lithium fraction of the alloy layer at full discharge by formula (1), from which the dose
    follows. ``uptake`` is the share of it that enters the electrode (1, assumed, where left out).
    """

    surface: Literal["negative", "positive"] = Field("negative", description="electrode the lithium is put on")
    dose: ArealCharge | None = Field(None, description="as charge per facing area")
    mass: Loading | None = Field(None, description="as mass per facing area")
    film: Thickness | None = Field(None, description="as thickness of a dense lithium film on the facing area")
    target: AtomFraction | None = Field(None, description="lithium fraction wanted in the alloy layer when empty")
    uptake: Fraction | None = Field(None, description="share that is taken up; 1 where left out (assumed)")


class Operation(Declared):
    """Between which voltages the cell is used [V]."""

    charge_voltage: Annotated[Number, kind_of("potential", low=0.0, high=6.0, low_open=True)] = Field(
        description="upper cut-off voltage of the cell"
    )
    discharge_voltage: Annotated[Number, kind_of("potential", low=0.0, high=6.0, low_open=True)] = Field(
        description="lower cut-off voltage of the cell; depth of discharge 100 %"
    )


class Simulation(Declared):
    """How the cell is simulated; every field is optional, and options of a command win over them.

    ``rates`` are those of the first discharge and the charge that `study` runs, ``protocol`` is what `simulate` runs.
    """

    rates: tuple[Rate, ...] = Field(RATES, description="rates of discharge and charge", min_length=1, max_length=4)
    porosity: Literal["made", "discharged", "charged"] = Field(
        "made", description="state whose swollen thicknesses and porosities are taken"
    )
    wetted: Annotated[Number, kind_of("fraction", low=1e-6, high=0.99)] | None = Field(
        None, description="share of a dense film's area that cracks leave to the electrolyte; 10 % assumed if left out"
    )
    film: Literal["open", "sealed"] | None = Field(
        None, description="dense film: ions pass through cracks (open), or lithium through the film alone (sealed)"
    )
    temperature: Annotated[Number, kind_of("temperature", low=223.15, high=373.15)] | None = Field(
        None, description="temperature of the cell; 25 degC if left out"
    )
    protocol: str = Field(
        "", description="steps that are run where none are given; files to follow lie beside this one"
    )


def _schema_text(schema: dict[str, Any]) -> None:
    """Say in the JSON schema of a design what it is, whichever class it was asked of; no units."""
    schema["description"] = (
        "A lithium-ion cell: negative and positive electrode, separator, electrolyte, lithium added, cut-offs, case. "
        "Quantities are texts with unit or plain SI numbers; x-unit is the SI unit, x-units the texts known by name."
    )


class Design(Declared):
    """The tables of a design file, format 1; quantities SI inside, units as written outside."""

    model_config = ConfigDict(title="alloycell design file, format 1", json_schema_extra=_schema_text)

    format: Annotated[Literal[1], NotTruth] = Field(description="version of the design file format")
    name: str = Field("", description="name of the design")
    question: str = Field("", description="what this design is to answer")
    specifications: tuple[str, ...] = Field((), description="what to hold it against; all that are shipped if empty")
    materials: str | None = Field(None, description="folder with material records of your own, beside this file")
    particles: dict[str, Particle] = Field(default_factory=dict, description="particles that recipes may name")
    negative: Electrode
    positive: Electrode
    separator: Separator
    electrolyte: Electrolyte
    lithium: AddedLithium | None = Field(None, description="lithium added in making the cell")
    operation: Operation
    simulation: Simulation | None = Field(None, description="how the cell is simulated; C/10 and 1C if left out")
    case: Case | None = Field(None, description="coin, pouch or cylinder; without one, figures are per area only")
    measured: dict[str, Any] = Field(default_factory=dict, description="figures known from measurement, by name")
