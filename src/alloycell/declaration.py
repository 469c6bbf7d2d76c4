"""A field is declared once; this file reads the declaration back.

From the same pydantic models come validation, messages, the schema, paths (``negative.layers[1].porosity``) and
the list of numeric fields that sweeps, uncertainties and repairs walk through.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from alloycell.errors import DesignError, Fault, shown, suggestion
from alloycell.quantities import UNREAD, Kind

__all__ = [
    "Declared",
    "NotTruth",
    "Path",
    "annotation_at",
    "beneath",
    "faults_of",
    "kind_at",
    "kind_in",
    "located",
    "mended",
    "numeric_fields",
    "parse_path",
    "path_text",
    "replaced",
    "stated_uncertainties",
    "still_there",
    "tree",
    "value_at",
]

Path: TypeAlias = tuple[str | int, ...]

_LONGEST = 400
"""Most letters of a dotted path, dimensionless."""

_SIGNS = ("+-", "+/-", "±")
_STEP = re.compile(r"([A-Za-z_][\w-]*)|\[(\d+)\]|\[\"([^\"\]]+)\"\]|([0-9A-Za-z_][\w-]*)")


def _no_truth(value: Any) -> Any:
    """``value``, unless it is true or false, which Python takes for 1 and 0; no units."""
    if isinstance(value, bool):
        raise PydanticCustomError("literal_error", "a number is needed")
    return value


NotTruth = BeforeValidator(_no_truth)
"""Marks a field of fixed numbers (``Annotated[Literal[1, 2], NotTruth]``) that must not read true as 1."""


class Declared(BaseModel):
    """A table of a design file: frozen, unknown keys refused; quantities are floats or arrays in SI units."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    def kind_of_entry(self, table: str, kind: Kind) -> Kind:
        """The kind (unit and limits) of the entries of the dict called ``table``, declared as ``kind``."""
        return kind


def parse_path(text: str) -> Path:
    """The keys of a dotted path such as ``negative.layers[1].porosity``; no units. Raises DesignError."""
    wanted = "a path is needed such as negative.layers[1].porosity"
    if not isinstance(text, str):
        raise DesignError(Fault("a path", f"is {shown(text)}", wanted))
    if len(text) > _LONGEST:
        raise DesignError(Fault(f"the path {shown(text)}", "is too long", wanted))
    keys: list[str | int] = []
    for part in re.split(r"\.(?![^\[]*\])", text):
        steps = list(_STEP.finditer(part))
        if not part or "".join(step.group(0) for step in steps) != part:
            raise DesignError(Fault(f"the path {shown(text)}", "cannot be read", wanted))
        for step in steps:
            name, index, quoted, odd = step.groups()
            keys.append(int(index) if index is not None else (name or quoted or odd))
    return tuple(keys)


def path_text(path: Sequence[str | int]) -> str:
    """The dotted text of ``path``; no units."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        elif isinstance(key, str) and re.fullmatch(r"[\w-]{1,60}", key):
            text += f".{key}" if text else key
        else:
            text += f"[{shown(key)}]"
    return text


def beneath(where: str, key: str) -> str:
    """The dotted text of ``key`` of the table at ``where``; no units."""
    text = path_text((key,))
    return where + text if text.startswith("[") else f"{where}.{text}"


def value_at(table: Any, path: Path) -> Any:
    """What ``table`` holds at ``path``, in SI units; raises DesignError naming the part that is not there."""
    here = table
    for depth, key in enumerate(path):
        known = _keys(here)
        if key not in known:
            raise DesignError(_absent(path, depth, here, known))
        here = getattr(here, str(key)) if isinstance(here, BaseModel) else here[key]
    return here


def _absent(path: Path, depth: int, here: Any, known: Sequence[str | int]) -> Fault:
    where, key = path_text(path[:depth]) or "the design", path[depth]
    if here is None:
        return Fault(path_text(path), "does not exist", f"{where} is not given", f"Give {where} as a whole table first")
    if isinstance(key, int):
        entries = f"It has {len(known)} entries, counted from 0" if isinstance(here, tuple) else "It is not a list"
        return Fault(path_text(path), "does not exist", f"{where} has no entry {key}", entries)
    names = [name for name in known if isinstance(name, str)]
    return Fault(path_text(path), "does not exist", f"{where} has no {shown(key)}", suggestion(key, names))


def _keys(table: Any) -> Sequence[str | int]:
    if isinstance(table, BaseModel):
        return list(type(table).model_fields)
    if isinstance(table, Mapping):
        return list(table)
    return range(len(table)) if isinstance(table, tuple | list) else []


def kind_at(table: Declared, path: Path) -> Kind | None:
    """The kind (unit and limits) declared for the field at ``path``, or None where it is not a quantity."""
    holder: Any = value_at(table, path[:-1])
    if isinstance(holder, BaseModel):
        field = type(holder).model_fields.get(str(path[-1]))
        return None if field is None else kind_in(Annotated[field.annotation, *field.metadata, None])
    parent: Any = value_at(table, path[:-2])
    field = type(parent).model_fields[str(path[-2])] if isinstance(parent, BaseModel) else None
    kind = None if field is None else kind_in(field.annotation)
    return parent.kind_of_entry(str(path[-2]), kind) if kind is not None and isinstance(parent, Declared) else kind


def kind_in(annotation: Any) -> Kind | None:
    """The kind (unit and limits) in the declaration of a field, None where it is not a quantity."""
    for entry in getattr(annotation, "__metadata__", ()):
        if isinstance(entry, Kind):
            return entry
    for inner in get_args(annotation):
        if not isinstance(inner, type) and (found := kind_in(inner)) is not None:
            return found
    return None


def numeric_fields(table: Declared) -> Iterator[tuple[Path, Kind, Any]]:
    """Every quantity that ``table`` holds: path, kind and value [SI of the kind]; absent ones are left out."""
    yield from _numeric(table, table, ())


def _numeric(root: Declared, here: Any, path: Path) -> Iterator[tuple[Path, Kind, Any]]:
    for key in _keys(here):
        value = getattr(here, str(key)) if isinstance(here, BaseModel) else here[key]
        inner = (*path, key)
        if isinstance(value, BaseModel | Mapping | tuple):
            yield from _numeric(root, value, inner)
        elif isinstance(value, float | np.ndarray) and (kind := kind_at(root, inner)) is not None:
            yield inner, kind, value


def stated_uncertainties(table: Declared, given: Mapping[str, Any], apart: Collection[str] = ()) -> dict[str, float]:
    """Expanded uncertainties [SI of each field] that the texts of ``given`` state, by dotted path.

    ``table`` is what ``given`` was read into; top-level tables named in ``apart`` are left out.
    """
    found: dict[str, float] = {}
    waiting: list[tuple[Path, Any]] = [((), given)]
    while waiting:
        path, here = waiting.pop()
        if isinstance(here, Mapping | list | tuple):
            pairs = here.items() if isinstance(here, Mapping) else enumerate(here)
            waiting.extend(((*path, key), inner) for key, inner in pairs if path or key not in apart)
        elif isinstance(here, str) and any(sign in here for sign in _SIGNS):
            kind = kind_at(table, path)
            spread = None if kind is None else kind.uncertainty(here)
            if spread is not None:
                found[path_text(path)] = spread
    return found


def still_there(table: Declared, uncertainty: Mapping[str, float]) -> dict[str, float]:
    """What of ``uncertainty`` [SI of each field, by dotted path] belongs to quantities that ``table`` holds."""
    held = {path_text(path) for path, _, _ in numeric_fields(table)} if uncertainty else set()
    return {path: spread for path, spread in uncertainty.items() if path in held}


def tree(table: Any) -> Any:
    """``table`` as nested dicts and lists with SI values; absent fields are left out."""
    if isinstance(table, BaseModel):
        pairs = ((name, getattr(table, name)) for name in type(table).model_fields)
        return {name: tree(value) for name, value in pairs if value is not None}
    if isinstance(table, Mapping):
        return {name: tree(value) for name, value in table.items()}
    return [tree(value) for value in table] if isinstance(table, tuple | list) else table


def replaced(nested: Any, path: Path, value: Any) -> Any:
    """A copy of the ``nested`` dicts and lists with ``value`` (any unit text or SI) at ``path``."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        return [replaced(entry, rest, value) if index == key else entry for index, entry in enumerate(nested)]
    return {**nested, key: replaced(nested.get(key, {}), rest, value)}


def faults_of(problem: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Every fault of a pydantic error, told by dotted path, finding, need and remedy; no units."""
    entries = [dict(entry) for entry in problem.errors(include_url=False)]
    return [_fault(entry, model) for entry in entries if not _follows(entry)]


def _follows(entry: dict[str, Any]) -> bool:
    """Whether a list is only too short because its entries, told on their own, could not be read."""
    return bool(entry["type"] == "too_short" and len(entry["input"]) >= entry["ctx"]["min_length"])


_NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "text is needed",
        "bool_type": "true or false is needed",
        "recursion_loop": "a table cannot hold itself",
        "invalid_key": "the keys of a table are text",
    }
    | dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "a table is needed")
    | dict.fromkeys(("tuple_type", "list_type"), "a list is needed")
    | dict.fromkeys(("int_type", "int_from_float", "int_parsing", "int_parsing_size"), "a whole number is needed")
)


def _fault(entry: dict[str, Any], model: type[BaseModel]) -> Fault:
    path, holder, annotation = located(entry["loc"], model)
    where, kind, context, found = path_text(path) or "the design", entry["type"], entry.get("ctx", {}), entry["input"]
    if kind == "quantity":
        return Fault(where, context["found"], context["needed"], context["remedy"])
    if kind == "missing":
        return Fault(where, "is missing", "it must be given", _wanted(where, str(path[-1]), annotation))
    if kind == "extra_forbidden":
        known = sorted({name for table in _tables(holder) for name in table.model_fields})
        return Fault(where, "is not a known key", "only known keys are read", suggestion(str(path[-1]), known))
    if kind in ("literal_error", "union_tag_invalid", "union_tag_not_found"):
        return _word_fault(where, kind, found, annotation)
    if kind == "fault":
        return Fault(context["where"] or where, context["found"], context["needed"], context["remedy"])
    if entry["loc"][-1:] == ("[key]",):
        return Fault(where, "is no name", "the keys of a table are text")
    if "min_length" in context or "max_length" in context:
        held = "letters" if isinstance(found, str) else "entries"
        needed = f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
        return Fault(where, f"has {len(found)} {held}", f"it must have {needed}")
    if kind in ("greater_than_equal", "less_than_equal"):
        needed = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return Fault(where, f"is {shown(found)}", f"it must be {needed}")
    return Fault(where, f"is {shown(found)}", _NEEDS.get(kind, "it cannot be read"))


def _word_fault(where: str, kind: str, found: Any, annotation: Any) -> Fault:
    """A word that is none of those a field, or the ``type`` of a table, may hold; no units."""
    words = _words(annotation)
    if kind != "literal_error":
        words = [str(tag) for table in _tables(annotation) for tag in _tags(table)]
        where = f"{where}.type"
        found = found.get("type") if isinstance(found, Mapping) else found
    listed = " or ".join(shown(word) for word in words)
    if kind == "union_tag_not_found":
        return Fault(where, "is missing", f"it must be {listed}")
    if where == "format":
        remedy = "Write format = 1; a later format needs a later release"
        return Fault(where, f"is {shown(found)}", "this release reads format 1", remedy)
    near = suggestion(found, [word for word in words if isinstance(word, str)]) if isinstance(found, str) else ""
    return Fault(where, f"is {shown(found)}", f"it must be {listed}", near if near.startswith("Did") else "")


def _words(annotation: Any) -> list[Any]:
    members = [annotation, *_members(annotation)]
    return [word for entry in members if get_origin(entry) is Literal for word in get_args(entry)]


def _wanted(where: str, key: str, annotation: Any) -> str:
    """What to write for a missing field declared as ``annotation``, with unit."""
    declared, kind, words = get_origin(_bare(annotation)), kind_in(annotation), _words(annotation)
    if declared is tuple:
        return f"Give at least one table [[{where}]]"
    if declared is dict or _tables(annotation):
        return f"Give a table [{where}]"
    if kind is not None:
        return f"Give {kind.named}, such as {key} = {kind.example()}"
    return f"Write {key} = {' or '.join(shown(word) for word in words)}" if words else f'Write {key} = "NAME"'


def located(loc: Sequence[str | int], model: type[BaseModel]) -> tuple[Path, Any, Any]:
    """The dotted path of a pydantic location, tags of unions dropped; what is declared above it and at it; no units."""
    path: list[str | int] = []
    holder: Any = model
    here: Any = model
    for key in loc:
        if key == "[key]":
            continue
        tables = _tables(here)
        tagged = [table for table in tables if key in _tags(table)] if len(tables) > 1 else []
        if tagged:
            here = tagged[0]
            continue
        path.append(key)
        holder, here = here, _step(here, key)
    return tuple(path), holder, here


def annotation_at(model: type[BaseModel], path: Path) -> Any:
    """What is declared for the field at ``path`` of ``model``, None where nothing is; no units."""
    here: Any = model
    for key in path:
        here = _step(here, key)
    return here


def _step(here: Any, key: str | int) -> Any:
    """What is declared for ``key`` of a table, list or dict that is declared as ``here``."""
    for table in _tables(here):
        if str(key) in table.model_fields:
            field = table.model_fields[str(key)]
            return Annotated[field.annotation, *field.metadata, None]
    inner = [get_args(entry) for entry in (here, *_members(here)) if get_origin(entry) in (tuple, list, dict)]
    if not inner or not inner[0]:
        return None
    return inner[0][-1] if inner[0][-1] is not Ellipsis else inner[0][0]


def _tables(annotation: Any) -> list[type[BaseModel]]:
    """The kinds of table that ``annotation`` admits, those inside lists and dicts apart."""
    members = [annotation, *_members(annotation)]
    return [entry for entry in members if isinstance(entry, type) and issubclass(entry, BaseModel)]


def _tags(table: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(table.model_fields["type"].annotation) if "type" in table.model_fields else ()


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _members(annotation: Any) -> list[Any]:
    found: list[Any] = []
    for inner in get_args(annotation):
        if get_origin(annotation) in (tuple, list, dict, Literal):
            break
        found += [inner, *_members(inner)]
    return found


def mended(given: Mapping[str, Any], problem: ValidationError, model: type[BaseModel]) -> tuple[Any, frozenset[str]]:
    """``given`` with a stand-in for everything ``problem`` names, so that rules across fields can judge the rest.

    Quantities become :data:`~alloycell.quantities.UNREAD`, unknown keys the key they are nearest to. Returns the
    tables as ``model`` reads them, None where even that fails, and the dotted paths of what was not read; no units.
    """
    tables, unread = _copied(given), set()
    for _ in range(3):
        for entry in problem.errors(include_url=False):
            if _follows(dict(entry)):
                continue
            path, holder, annotation = located(entry["loc"], model)
            unread.add(path_text(path))
            unread.update(path_text(other) for other in _mend(tables, path, entry["type"], holder, annotation))
        try:
            return model.model_validate(tables), frozenset(unread)
        except ValidationError as next_problem:
            problem = next_problem
    return None, frozenset(unread)


def _copied(nested: Any) -> Any:
    if isinstance(nested, Mapping):
        return {key: _copied(value) for key, value in nested.items() if isinstance(key, str)}
    return [_copied(value) for value in nested] if isinstance(nested, list | tuple) else nested


def _mend(tables: Any, path: Path, kind: str, holder: Any, annotation: Any) -> list[Path]:
    """Put a stand-in at ``path`` of ``tables``; gives further paths that must not be judged now; no units."""
    here, key = tables, path[-1] if path else ""
    for step in path[:-1]:
        steps = range(len(here)) if isinstance(here, list) else here if isinstance(here, dict) else ()
        here = here[step] if step in steps else None
    if not path or not isinstance(here, dict if isinstance(key, str) else list):
        return []
    if kind == "extra_forbidden" and isinstance(here, dict):
        value = here.pop(str(key))
        known = [name for table in _tables(holder) for name in table.model_fields if name not in here]
        meant = suggestion(str(key), known)
        if not meant.startswith("Did"):
            return []
        name = meant.split('"')[1]
        here[name] = value
        return [(*path[:-1], name)]
    here[key] = _stand_in(annotation)  # type: ignore[index]
    beside = ("recipe", "composition") if key == "rest" else ()
    return [(*path[:-1], name) for name in beside]


def _stand_in(annotation: Any) -> Any:
    """Something that a field declared as ``annotation`` accepts and no rule finds fault with."""
    bare, words, tables = _bare(annotation), _words(annotation), _tables(annotation)
    declared, members = get_origin(bare), _members(annotation)
    if declared is tuple:
        return [_stand_in(get_args(bare)[0])]
    if declared is dict:
        return {}
    if tables:
        needed = {name: field for name, field in tables[0].model_fields.items() if field.is_required()}
        inside = {name: Annotated[field.annotation, *field.metadata, None] for name, field in needed.items()}
        return None if type(None) in members else {name: _stand_in(inner) for name, inner in inside.items()}
    if kind_in(annotation) is not None:
        return UNREAD
    if words:
        return words[0]
    return None if type(None) in members else "" if str in (bare, *members) else 1
