"""Quantities: the one file that knows unit text.

A field is declared with a *kind* (``thickness: Length``). The kind carries the SI unit, the unit texts a person
may write, the limits and the unit a person is shown. Inside alloycell a quantity is a plain SI float, or a
read-only array of SI floats when the object is a batch of designs.

``"12 um"`` is read in decimal, so it is exactly 1.2e-5. Unit texts that the kind does not list are handed to
pint and must have the kind's dimension. ``"0.93 +- 0.01"`` states an expanded uncertainty (coverage factor 2,
about 95 %); :meth:`Kind.read` gives the value, :meth:`Kind.uncertainty` the uncertainty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from alloycell.errors import shown

__all__ = [
    "FARADAY",
    "GAS_CONSTANT",
    "KINDS",
    "UNREAD",
    "Area",
    "ArealCharge",
    "AtomFraction",
    "Charge",
    "Concentration",
    "Conductivity",
    "Count",
    "Density",
    "Diffusivity",
    "Energy",
    "FloatArray",
    "Fraction",
    "Kind",
    "Length",
    "Loading",
    "Mass",
    "MassFraction",
    "MolarEnergy",
    "MolarMass",
    "MolarVolume",
    "Number",
    "Porosity",
    "Potential",
    "Ratio",
    "SpecificCapacity",
    "SpecificEnergy",
    "Stoichiometry",
    "Temperature",
    "Thickness",
    "Volume",
    "VolumetricCapacity",
    "VolumetricEnergy",
    "frozen_array",
    "kind_of",
    "number",
]

FARADAY = 96485.33212
"""Charge of one mole of electrons [C/mol], CODATA 2018 (exact product of e and N_A)."""

GAS_CONSTANT = 8.31446261815324
"""Molar gas constant [J/(mol K)], CODATA 2018 (exact product of k and N_A)."""

_NEGATIVE = re.compile(r"(?:\+/?-|±)\s*-")
_POWER = r"[A-Za-z]+(?:(?:\^|\*\*)?-?\d)?"
_PRODUCT = rf"{_POWER}(?:[ */]{_POWER})*"
_UNIT = re.compile(rf"(?:1/)?{_PRODUCT}(?:/\({_PRODUCT}\))?")
"""Unit texts that pint is asked about: names with whole powers, one quotient in brackets; it trips over many others."""

UNREAD = float("nan")
"""Stands in for a quantity that could not be read, unit of its kind: no rule across fields finds fault with NaN.

Known by identity; a NaN that a person gives is refused like any other number that is not finite.
"""

_LONGEST = 120
"""Most letters of a quantity's text, dimensionless."""

FloatArray: TypeAlias = NDArray[np.float64]
Number: TypeAlias = float | FloatArray

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT = re.compile(
    rf"^\s*(?P<value>{_NUMBER})\s*(?P<unit>[^\d\s+±-][^±]*?|1/[^±]*?)?\s*"
    rf"(?:(?:\+/?-|±)\s*(?P<spread>\d[\d.eE+-]*|\.\d+)\s*(?P<spread_unit>[^\d\s].*?)?)?\s*$"
)


def frozen_array(values: Any) -> FloatArray:
    """A read-only copy of ``values`` as a float array, unit unchanged, any shape."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def number(value: Any) -> Number:
    """``value`` as a float where it has no axes, else as it is; unit unchanged."""
    return float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=np.float64)


def _fault(found: str, needed: str, remedy: str = "") -> PydanticCustomError:
    context = {"found": found, "needed": needed, "remedy": remedy}
    return PydanticCustomError("quantity", "{found}; {needed}. {remedy}", context)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a number is: its SI unit, the unit texts accepted, its limits, and how it is shown.

    Parameters: ``name`` reads after "a" in messages; ``si`` and ``shown`` are unit texts (``"1"`` for none);
    ``units`` maps a unit text to its factor to SI; ``low`` and ``high`` are limits [SI], ``low_open`` and
    ``high_open`` say that the limit itself is refused; ``offset`` maps unit texts with a zero of their own (deg C).
    """

    name: str
    si: str
    shown: str
    units: Mapping[str, Decimal] = field(hash=False)
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    offset: Mapping[str, Decimal] = field(default_factory=dict, hash=False)

    @property
    def named(self) -> str:
        """The name with its article, such as "an atom fraction"; no units."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"

    def within(
        self, low: float | None = None, high: float | None = None, *, low_open: bool = False, high_open: bool = False
    ) -> Kind:
        """The same kind with other limits [SI]."""
        return replace(self, low=low, high=high, low_open=low_open, high_open=high_open)

    def read(self, value: Any) -> Number:
        """The SI value [SI unit of the kind] of a text, number or array; refuses everything else with the fix.

        Raises ``PydanticCustomError`` with the parts of a :class:`~alloycell.errors.Fault`.
        """
        if value is UNREAD:
            return float("nan")
        if isinstance(value, str):
            return self._read_text(value)
        if isinstance(value, np.ndarray) and value.ndim:
            return self._read_array(value)
        if isinstance(value, np.ndarray | np.generic):
            kinds = {"f": float, "i": int, "u": int, "b": bool, "U": str}
            value = kinds.get(value.dtype.kind, type)(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _fault(f"is {shown(value)}", f"{self.named} is needed, such as {self.example()}")
        try:
            number = float(value)
        except OverflowError:
            number = np.inf
        self._check(number, shown(value))
        return number

    def _read_text(self, text: str) -> float:
        value, spread = self._parse(text)
        number = float(value)
        self._check(number, shown(text))
        if spread is None or self.low is None or self.high is None:
            return number
        if number - spread <= self.low and number + spread >= self.high:
            needed = f"the uncertainty leaves nothing out of {self.text(self.low)} to {self.text(self.high)}"
            raise _fault(f"is {shown(text)}", needed, "State a smaller uncertainty or none")
        return number

    def _read_array(self, given: Any) -> FloatArray:
        if given.dtype.kind not in "fiu":
            held = {"b": "true and false", "U": "texts", "S": "texts", "c": "complex numbers"}
            found = f"is an array of {held.get(given.dtype.kind, 'things that are not all numbers')}"
            raise _fault(found, f"an array of numbers [{self.si}] is needed")
        if not given.size:
            raise _fault("is an empty array", "a batch needs at least one design")
        if np.ma.is_masked(given):
            raise _fault("is an array with masked values", "every design of a batch needs a number")
        array = frozen_array(given)
        self._check_array(array)
        return array

    def uncertainty(self, text: str) -> float | None:
        """The expanded uncertainty [SI unit of the kind] stated in ``text``, or None where none is stated."""
        return self._parse(text)[1] if isinstance(text, str) else None

    def text(self, value: Any, digits: int = 4) -> str:
        """``value`` [SI] as a person reads it, with unit; an array as its range."""
        array = np.asarray(value, dtype=np.float64)
        factor = float(self.units[self.shown])
        shift = float(self.offset.get(self.shown, 0))
        unit = "" if self.shown == "1" else f" {self.shown}"
        scaled = array / factor - shift
        if array.ndim == 0:
            return "not defined" if np.isnan(scaled) else f"{float(scaled):.{digits}g}{unit}"
        low, high = np.nanmin(scaled), np.nanmax(scaled)
        return f"{low:.{digits}g} to {high:.{digits}g}{unit} ({array.size} designs)"

    def in_shown(self, value: Any) -> Any:
        """``value`` [SI] as a number in the unit of :attr:`shown`, same shape."""
        factor = float(self.units[self.shown])
        return value / factor - float(self.offset.get(self.shown, 0))

    def spread_text(self, spread: float, digits: int = 2) -> str:
        """An uncertainty ``spread`` [SI] as a person reads it, with unit; no zero of a unit shifts it."""
        unit = "" if self.shown == "1" else f" {self.shown}"
        return f"{spread / float(self.units[self.shown]):.{digits}g}{unit}"

    def limits(self) -> str:
        """The limits in words, in the unit shown; empty where there are none."""
        words = {(True, False): "above", (False, False): "at least", (True, True): "below", (False, True): "at most"}
        parts = [
            f"{words[opened, upper]} {self._handy(limit)}"
            for limit, opened, upper in ((self.low, self.low_open, False), (self.high, self.high_open, True))
            if limit is not None
        ]
        return " and ".join(parts)

    def _handy(self, limit: float) -> str:
        """A limit [SI] in the unit shown, or in the largest unit that makes a short number of it."""
        size = abs(limit) / float(self.units[self.shown])
        if limit == 0 or self.si == "1" or self.offset or 1e-3 <= size < 1e4:
            return self.text(limit)
        units = {name: float(factor) for name, factor in self.units.items() if name not in ("1", "cm")}
        short = [name for name, factor in units.items() if 0.099 <= abs(limit) / factor <= 1000]
        return f"{limit / units[short[0]]:.4g} {short[0]}" if short else self.text(limit)

    def allows(self, value: Number) -> Any:
        """Whether ``value`` [SI] is finite and inside the limits; bool or array of bool of the same shape."""
        ok = np.isfinite(value)
        if self.low is not None:
            ok = ok & ((value > self.low) if self.low_open else (value >= self.low))
        if self.high is not None:
            ok = ok & ((value < self.high) if self.high_open else (value <= self.high))
        return ok

    def example(self) -> str:
        """A text of this kind that would be accepted, in quotes, with its unit."""
        factor, shift = float(self.units[self.shown]), float(self.offset.get(self.shown, 0))
        tries = ((number + shift) * factor for number in (1.2, 12, 0.5, 120, 0.01))
        return f'"{self.text(next((number for number in tries if self.allows(number)), self.high or 1.0), 3)}"'

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """How pydantic validates a field of this kind (any unit text, SI number or array)."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON schema of a field of this kind: unit text or plain SI number, with unit and limits."""
        number: dict[str, Any] = {"type": "number", "description": f"plain SI number [{self.si}]"}
        names = {(False, False): "minimum", (True, False): "exclusiveMinimum"}
        names |= {(False, True): "maximum", (True, True): "exclusiveMaximum"}
        for limit, opened, upper in ((self.low, self.low_open, False), (self.high, self.high_open, True)):
            if limit is not None:
                number[names[opened, upper]] = limit
        told = f"number with unit, such as {self.example()}; may end in +- uncertainty"
        text = {"type": "string", "description": told}
        return {"anyOf": [text, number], "x-kind": self.name, "x-unit": self.si, "x-units": sorted(self.units)}

    def _parse(self, text: str) -> tuple[Decimal, float | None]:
        match = _TEXT.match(text) if len(text) <= _LONGEST else None
        if match is None or _NEGATIVE.search(text):
            self._refuse(text)
        unit, spread, spread_unit = match["unit"] or "", match["spread"], match["spread_unit"] or ""
        unit = unit or (spread_unit if spread_unit != "%" or "%" in self.units else "")
        value = self._to_si(match["value"], unit, text)
        if spread is None:
            return value, None
        if not match["unit"] and unit == "%" and _decimal(spread, text) > abs(_decimal(match["value"], text)):
            needed = "it is unclear to which number % belongs"
            raise _fault(f"is {shown(text)}", needed, 'Write "93 +- 1 %" or "0.93 +- 0.01"')
        if unit in self.offset:
            return value, float(_decimal(spread, text) * self.units[unit])
        if spread_unit == "%" and unit != "%":
            if self.si == "1":
                needed = "the uncertainty must have the unit of the value"
                raise _fault(f"is {shown(text)}", needed, f"Write {match['value']} as %, too")
            return value, float(abs(value) * _decimal(spread, text) / 100)
        return value, abs(float(self._to_si(spread, spread_unit or unit, text)))

    def _refuse(self, text: str) -> NoReturn:
        """Say what ``text`` lacks to be a quantity of this kind; no units."""
        if text.strip() == "rest":
            if self.name == "mass fraction":
                raise _fault('is "rest", too', "one component of a recipe can be the rest", "Give the others a share")
            needed = f"{self.named} is needed, such as {self.example()}"
            raise _fault('is "rest"', needed, "Only a share can be the rest")
        if _NEGATIVE.search(text[:_LONGEST]):
            raise _fault(f"is {shown(text)}", "an uncertainty cannot be negative", "Write it after +- without a sign")
        raise _fault(f"is {shown(text)}", f"{self.named} is needed: a number and a unit, such as {self.example()}")

    def _to_si(self, number: str, unit: str, text: str) -> Decimal:
        unit = unit.strip().replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3").replace("·", " ")
        value = _decimal(number, text)
        if unit in ("", "1"):
            return value
        if unit in self.units:
            return (value + self.offset.get(unit, Decimal(0))) * self.units[unit]
        factor = _pint_factor(unit, self.si)
        if factor is None:
            listed = ", ".join(name for name in self.units if name not in ("1", ""))
            raise _fault(f"is {shown(text)}", f"{self.named} is needed, such as {self.example()}", f"Units: {listed}")
        return value * factor

    def _check(self, number: float, found: str) -> None:
        if self.allows(number):
            return
        if not np.isfinite(number):
            raise _fault(f"is {found}", f"a finite {self.name} is needed, such as {self.example()}")
        remedy = ""
        if "%" in self.units and "%" not in found and self.high is not None and self.high <= 1 < number <= 100:
            remedy = f'For {number:g} % write {number / 100:g} or "{number:g} %"'
        elif self.si != "1" and not re.search(r"[^\d.eE+\s-]", found.strip('"')):
            remedy = f"A number without unit is read as {self.si}"
        raise _fault(f"is {found}", f"it must be {self._must()}", remedy)

    def _must(self) -> str:
        both = self.low is not None and self.high is not None
        if both and not self.low_open and not self.high_open:
            return f"between {self._handy(self.low or 0.0)} and {self._handy(self.high or 0.0)}"
        return self.limits()

    def _check_array(self, array: FloatArray) -> None:
        bad = ~self.allows(array)
        if bad.any():
            first = tuple(int(i) for i in np.argwhere(bad)[0])
            unit = "" if self.si == "1" else f" {self.si}"
            count = f"{int(bad.sum())} values" if bad.sum() > 1 else "1 value"
            found = f"holds {count} that cannot be, the first {array[first]:g}{unit} at {list(first)}"
            raise _fault(found, f"every value must be finite and {self.limits() or 'real'}")


def _decimal(number: str, text: str) -> Decimal:
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise _fault(f"is {shown(text)}", "a number is needed before the unit") from None
    if value and not -300 < value.adjusted() < 300:
        raise _fault(f"is {shown(text)}", "the number is too large or too small to be a physical quantity")
    return value


@cache
def _registry() -> Any:
    """Pint's units, read from its own definition file once a process; they never change. No units."""
    import pint

    return pint.UnitRegistry(cache_folder=None)


def _pint_factor(unit: str, si: str) -> Decimal | None:
    """Factor from ``unit`` to ``si``, both unit texts, or None where pint does not know it or the dimension differs."""
    if len(unit) > 40 or not _UNIT.fullmatch(unit):
        return None
    import pint

    registry = _registry()
    source, target = (re.sub(r"(?<=[A-Za-z])(-?\d)", r"**\1", text) for text in (unit, si))
    try:
        quantity = registry.Quantity(1.0, registry.parse_units(source)).to(target if si != "1" else "dimensionless")
    except (pint.PintError, ValueError, TypeError, AttributeError, KeyError, ZeroDivisionError, OverflowError):
        return None
    return Decimal(repr(float(quantity.magnitude)))


def _units(**factors: str) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in factors.items()}


def _named(*pairs: tuple[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in pairs}


_SHARE = _named(("1", "1"), ("%", "0.01"))
_CHARGES = _named(("Ah", "3600"), ("mAh", "3.6"), ("uAh", "0.0036"), ("C", "1"), ("kC", "1000"))

_KINDS = (
    Kind("length", "m", "um", _units(m="1", cm="0.01", mm="0.001", um="1e-6", nm="1e-9"), 0, 1e3, low_open=True),
    Kind("area", "m2", "cm2", _units(m2="1", cm2="1e-4", mm2="1e-6"), 0, 1e5, low_open=True),
    Kind("volume", "m3", "cm3", _units(m3="1", cm3="1e-6", mL="1e-6", mm3="1e-9", uL="1e-9", L="0.001"), 0, 1e3),
    Kind("mass", "kg", "g", _units(kg="1", g="0.001", mg="1e-6", ug="1e-9"), 0, 1e5),
    Kind("density", "kg/m3", "g/cm3",
         _named(("kg/m3", "1"), ("g/cm3", "1000"), ("g/cc", "1000"), ("g/mL", "1000")), 1, 3e4),
    Kind("loading", "kg/m2", "mg/cm2",
         _named(("kg/m2", "1"), ("mg/cm2", "0.01"), ("g/m2", "0.001"), ("g/cm2", "10")), 0, 1e2, low_open=True),
    Kind("molar mass", "kg/mol", "g/mol", _named(("kg/mol", "1"), ("g/mol", "0.001")), 1e-3, 10),
    Kind("molar volume", "m3/mol", "cm3/mol", _named(("m3/mol", "1"), ("cm3/mol", "1e-6")), 0, 1e-2),
    Kind("charge", "C", "mAh", _CHARGES),
    Kind("charge per area", "C/m2", "mAh/cm2",
         _named(("C/m2", "1"), ("mAh/cm2", "36000"), ("uAh/cm2", "36"), ("Ah/m2", "3600"), ("C/cm2", "10000")), 0, 1e8),
    Kind("amount per area", "mol/m2", "umol/cm2",
         _named(("mol/m2", "1"), ("umol/cm2", "0.01"), ("mmol/cm2", "10")), 0, 1e6),
    Kind("specific capacity", "C/kg", "mAh/g",
         _named(("C/kg", "1"), ("mAh/g", "3600"), ("Ah/kg", "3600"), ("C/g", "1000")), 0, 2e7),
    Kind("volumetric capacity", "C/m3", "mAh/cm3",
         _named(("C/m3", "1"), ("mAh/cm3", "3.6e6"), ("Ah/L", "3.6e6")), 0, 1e12),
    Kind("potential", "V", "V", _units(V="1", mV="0.001"), -10, 10),
    Kind("fraction", "1", "%", _SHARE, 0, 1),
    Kind("mass fraction", "1", "wt%", _SHARE | _named(("wt%", "0.01"), ("mass%", "0.01"), ("ppm", "1e-6")), 0, 1),
    Kind("atom fraction", "1", "at%", _SHARE | _named(("at%", "0.01")), 0, 1),
    Kind("stoichiometry", "1", "1", _named(("1", "1")), 0, 20),
    Kind("ratio", "1", "1", _SHARE),
    Kind("count", "1", "1", _named(("1", "1"))),
    Kind("energy", "J", "Wh", _units(J="1", kJ="1000", Wh="3600", mWh="3.6", kWh="3.6e6")),
    Kind("energy per area", "J/m2", "mWh/cm2", _named(("J/m2", "1"), ("mWh/cm2", "36000"), ("Wh/m2", "3600"))),
    Kind("specific energy", "J/kg", "Wh/kg", _named(("J/kg", "1"), ("Wh/kg", "3600"))),
    Kind("volumetric energy", "J/m3", "Wh/L", _named(("J/m3", "1"), ("Wh/L", "3.6e6"))),
    Kind("diffusivity", "m2/s", "m2/s", _named(("m2/s", "1"), ("cm2/s", "1e-4")), 0, 1),
    Kind("conductivity", "S/m", "S/m", _named(("S/m", "1"), ("mS/cm", "0.1"), ("S/cm", "100")), 0, 1e9),
    Kind("molar energy", "J/mol", "kJ/mol", _named(("J/mol", "1"), ("kJ/mol", "1000")), 0, 1e6),
    Kind("heat transfer", "W/m2/K", "W/m2/K", _named(("W/m2/K", "1"), ("W/(m2 K)", "1")), 0, 1e9),
    Kind("concentration", "mol/m3", "mol/L", _named(("mol/m3", "1"), ("mol/L", "1000"), ("M", "1000")), 0, 1e6),
    Kind("temperature", "K", "degC", _named(("K", "1"), ("degC", "1"), ("°C", "1")), 200, 400,
         offset=_named(("degC", "273.15"), ("°C", "273.15"))),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
"""Every kind by its name; limits are those of any sane number of that kind [SI]."""


def kind_of(name: str, **limits: Any) -> Kind:
    """The kind called ``name``; with ``low``, ``high`` [SI], ``low_open``, ``high_open`` its limits are replaced."""
    return KINDS[name].within(**limits) if limits else KINDS[name]


Length = Annotated[Number, KINDS["length"]]
Area = Annotated[Number, KINDS["area"]]
Volume = Annotated[Number, KINDS["volume"]]
Mass = Annotated[Number, KINDS["mass"]]
Density = Annotated[Number, KINDS["density"]]
Thickness = Annotated[Number, KINDS["length"].within(1e-10, 1e-2)]
Loading = Annotated[Number, KINDS["loading"]]
MolarEnergy = Annotated[Number, KINDS["molar energy"]]
MolarMass = Annotated[Number, KINDS["molar mass"]]
MolarVolume = Annotated[Number, KINDS["molar volume"]]
Charge = Annotated[Number, KINDS["charge"]]
ArealCharge = Annotated[Number, KINDS["charge per area"]]
SpecificCapacity = Annotated[Number, KINDS["specific capacity"]]
VolumetricCapacity = Annotated[Number, KINDS["volumetric capacity"]]
Potential = Annotated[Number, KINDS["potential"]]
Fraction = Annotated[Number, KINDS["fraction"]]
Porosity = Annotated[Number, KINDS["fraction"].within(0.0, 1.0, high_open=True)]
MassFraction = Annotated[Number, KINDS["mass fraction"]]
AtomFraction = Annotated[Number, KINDS["atom fraction"]]
Stoichiometry = Annotated[Number, KINDS["stoichiometry"]]
Ratio = Annotated[Number, KINDS["ratio"]]
Count = Annotated[Number, KINDS["count"]]
Energy = Annotated[Number, KINDS["energy"]]
SpecificEnergy = Annotated[Number, KINDS["specific energy"]]
VolumetricEnergy = Annotated[Number, KINDS["volumetric energy"]]
Diffusivity = Annotated[Number, KINDS["diffusivity"]]
Conductivity = Annotated[Number, KINDS["conductivity"]]
Concentration = Annotated[Number, KINDS["concentration"]]
Temperature = Annotated[Number, KINDS["temperature"]]
