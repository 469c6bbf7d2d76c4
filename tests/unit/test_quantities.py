"""Unit text to SI numbers: exact, of the right kind, inside limits, with or without an uncertainty."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from alloycell.quantities import FARADAY, KINDS, frozen_array, kind_of, number

SETTINGS = settings(derandomize=True, max_examples=200, deadline=None)

READ = [
    ("length", "12 um", 1.2e-5),
    ("length", "12um", 1.2e-5),
    ("length", "12 µm", 1.2e-5),
    ("length", "0.0012 cm", 1.2e-5),
    ("length", ".5 mm", 5e-4),
    ("length", "1e1 um", 1e-5),
    ("length", "  12 um  ", 1.2e-5),
    ("length", "+12 um", 1.2e-5),
    ("length", "12", 12.0),
    ("length", "1 inch", 0.0254),
    ("length", "5 angstrom", 5e-10),
    ("density", "1.5 g/cm3", 1500.0),
    ("density", "1.5 g/cm³", 1500.0),
    ("density", "1.5 g/mL", 1500.0),
    ("loading", "6.25 mg/cm2", 0.0625),
    ("charge", "5 Ah", 18000.0),
    ("charge per area", "0.6 mAh/cm2", 21600.0),
    ("charge per area", "1 Ah/m^2", 3600.0),
    ("amount per area", "16.592 umol/cm2", 0.16592),
    ("specific capacity", "351 mAh/g", 1263600.0),
    ("volumetric capacity", "1800 mAh/cm3", 6.48e9),
    ("potential", "2750 mV", 2.75),
    ("fraction", "37 %", 0.37),
    ("fraction", "0.37", 0.37),
    ("mass fraction", "0.45 wt%", 0.0045),
    ("mass fraction", "200 ppm", 0.0002),
    ("atom fraction", "45 at%", 0.45),
    ("ratio", "150 %", 1.5),
    ("temperature", "25 degC", 298.15),
    ("temperature", "25 °C", 298.15),
    ("temperature", "300 K", 300.0),
    ("concentration", "1 mol/L", 1000.0),
    ("molar volume", "8.9 cm3/mol", 8.9e-6),
    ("diffusivity", "1e-10 cm^2/s", 1e-14),
    ("conductivity", "10 mS/cm", 1.0),
    ("energy", "18 Wh", 64800.0),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_unit_text_is_read_as_its_si_number(kind, text, value):
    assert KINDS[kind].read(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("unit", ["m", "cm", "mm", "um", "nm"])
@given(digits=st.integers(1, 10**9), places=st.integers(0, 8))
@SETTINGS
def test_decimal_text_is_read_exactly_in_every_unit(unit, digits, places):
    kind = kind_of("length", low=0.0, high=1e12)
    text = str(Decimal(digits).scaleb(-places))
    factor = {"m": 0, "cm": -2, "mm": -3, "um": -6, "nm": -9}[unit]
    assert kind.read(f"{text} {unit}") == float(Decimal(digits).scaleb(factor - places))


def test_twelve_micrometres_are_exactly_the_number_a_person_would_write():
    assert KINDS["length"].read("12 um") == 1.2e-5
    assert KINDS["length"].read("35 um") == 3.5e-5
    assert KINDS["fraction"].read("35 %") == 0.35
    assert KINDS["atom fraction"].read("31 at%") == 0.31


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("length", "12 kg"), ("length", "45 at%"), ("length", "12 um um"), ("length", "1,2 um"), ("length", "um"),
        ("length", ""), ("length", "nan"), ("length", "inf um"), ("length", "1e400 m"), ("length", "twelve um"),
        ("length", "12 um +-"), ("length", "12 um +- -1 um"), ("length", "12 um; rm"), ("length", "-3 um"),
        ("length", "0 um"), ("atom fraction", "45 wt%"), ("mass fraction", "45 at%"), ("fraction", "1/2"),
        ("fraction", "0.93 +- 1 %"), ("potential", "3 kV"), ("specific capacity", "351 mAh"), ("charge", "C/3"),
        ("temperature", "-300 degC"), ("density", "0.5"), ("stoichiometry", "4.4 V"),
    ],
)  # fmt: skip
def test_text_of_the_wrong_kind_or_size_is_refused(kind, text):
    with pytest.raises(PydanticCustomError) as caught:
        KINDS[kind].read(text)
    assert caught.value.type == "quantity"
    assert caught.value.context["needed"]


@pytest.mark.parametrize(
    "value", [True, None, [1.0], {"value": 1}, object(), float("nan"), float("inf"), -1.0, 0, 1 + 2j]
)
def test_a_value_that_is_no_positive_number_is_refused_as_a_length(value):
    with pytest.raises(PydanticCustomError):
        KINDS["length"].read(value)


def test_a_percentage_without_its_sign_is_refused_with_the_fix():
    with pytest.raises(PydanticCustomError) as caught:
        KINDS["fraction"].read(37)
    assert caught.value.context["remedy"] == 'For 37 % write 0.37 or "37 %"'


def test_a_number_without_unit_that_is_too_large_is_told_its_unit():
    with pytest.raises(PydanticCustomError, match="read as m"):
        KINDS["length"].within(0.0, 1.0).read(12)


@pytest.mark.parametrize(
    ("kind", "text", "value", "spread"),
    [
        ("fraction", "0.93 +- 0.01", 0.93, 0.01),
        ("fraction", "0.93+-0.01", 0.93, 0.01),
        ("fraction", "0.93 ± 0.01", 0.93, 0.01),
        ("fraction", "0.93 +/- 0.01", 0.93, 0.01),
        ("fraction", "93 +- 1 %", 0.93, 0.01),
        ("fraction", "93 % +- 1 %", 0.93, 0.01),
        ("mass fraction", "0.45 +- 0.2 wt%", 0.0045, 0.002),
        ("length", "12 +- 0.5 um", 1.2e-5, 5e-7),
        ("length", "12 um +- 0.5 um", 1.2e-5, 5e-7),
        ("length", "12 um +- 500 nm", 1.2e-5, 5e-7),
        ("length", "12 um +- 5 %", 1.2e-5, 6e-7),
        ("temperature", "25 +- 2 degC", 298.15, 2.0),
        ("length", "12 um", 1.2e-5, None),
    ],
)
def test_an_uncertainty_is_read_beside_its_value(kind, text, value, spread):
    assert KINDS[kind].read(text) == pytest.approx(value, rel=1e-15)
    found = KINDS[kind].uncertainty(text)
    assert found is None if spread is None else found == pytest.approx(spread, rel=1e-14)


def test_an_array_is_copied_and_cannot_be_written():
    given = np.array([1e-6, 2e-6])
    read = KINDS["length"].read(given)
    given[0] = 5.0
    assert read.tolist() == [1e-6, 2e-6]
    with pytest.raises(ValueError, match="read-only"):
        read[0] = 1.0


@pytest.mark.parametrize("values", [[], [1e-6, -1e-6], [np.nan], [np.inf, 1.0], ["1 um"], [True]])
def test_an_array_with_a_value_that_cannot_be_is_refused(values):
    with pytest.raises(PydanticCustomError):
        KINDS["length"].read(np.array(values))


def test_numpy_scalars_are_read_as_plain_floats():
    read = KINDS["length"].read(np.float64(1e-6))
    assert type(read) is float
    assert type(KINDS["length"].read(np.array(1e-6))) is float
    assert type(number(np.float64(2.0))) is float
    assert number(np.array([2.0])).shape == (1,)


def test_a_value_is_shown_in_the_unit_a_person_reads():
    assert KINDS["length"].text(1.2e-5) == "12 um"
    assert KINDS["atom fraction"].text(0.45) == "45 at%"
    assert KINDS["temperature"].text(298.15) == "25 degC"
    assert KINDS["length"].text(np.nan) == "not defined"
    assert KINDS["length"].text(np.array([1e-6, 3e-6])) == "1 to 3 um (2 designs)"
    assert KINDS["charge per area"].in_shown(36000.0) == 1.0


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_reads_its_own_example_and_its_own_text(name):
    kind = KINDS[name]
    value = kind.read(kind.example().strip('"'))
    assert kind.allows(value)
    assert kind.read(kind.text(value, 17)) == pytest.approx(value, rel=1e-12)
    assert kind.units[kind.si] == 1
    assert kind.shown in kind.units


@pytest.mark.parametrize("name", sorted(KINDS))
@given(value=st.floats(-1e6, 1e6, allow_subnormal=False))
@settings(derandomize=True, max_examples=20, deadline=None)
def test_limits_are_the_same_for_one_number_and_for_an_array(name, value):
    kind = KINDS[name]
    assert bool(kind.allows(value)) == bool(np.asarray(kind.allows(np.array([value])))[0])


def test_the_constant_of_faraday_is_the_product_of_charge_and_avogadro():
    assert pytest.approx(1.602176634e-19 * 6.02214076e23, rel=1e-10) == FARADAY


def test_a_frozen_array_leaves_its_source_writable():
    source = np.zeros(2)
    frozen = frozen_array(source)
    source[0] = 1.0
    assert frozen[0] == 0.0
