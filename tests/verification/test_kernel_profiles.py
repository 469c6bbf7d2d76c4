"""Profiles: a step of the protocol whose current or power changes by row, without a start from nothing at each row.

A profile is held against the same rows as steps of their own; charge is the sum of the rows; cut-offs end it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flat import CURRENT, POWER, Batch, Record, Result, Step
from sets import chen

ONE_C = 5 / 0.1027
ROWS = 120
VALUES = np.repeat(np.round(np.random.default_rng(5).normal(0.5, 1.0, ROWS // 2), 2), 2)
VALUES[40:50] = 0.0


def followed(scale: Any, values: Any = VALUES, kind: int = CURRENT, high: float = 5.0, **more: Any) -> Batch:
    """A fast profile: a value a second, most of them held for two."""
    rows = np.c_[np.arange(1.0, len(values) + 1), values]
    step = Step(kind, scale, duration=float(len(values)), low_voltage=2.5, high_voltage=high, profile=(0, len(values)))
    return chen(10, steps=[step], profiles=rows, **more)


def row_by_row(scale: float, kind: int = CURRENT, **more: Any) -> Result:
    return chen(10, steps=[Step(kind, scale * value, duration=1.0) for value in VALUES], **more).run()[0]


@pytest.mark.parametrize(("kind", "scale"), [(CURRENT, ONE_C), (POWER, 4.0 * ONE_C)], ids=["current", "power"])
def test_a_profile_is_the_steps_it_replaces(kind: int, scale: float, record_property: Record) -> None:
    whole = followed(scale, kind=kind).run()[0]
    rows = row_by_row(scale, kind, tolerance=1e-6)
    assert whole.causes == ["time"]
    assert whole.time == pytest.approx(np.arange(ROWS + 1.0), abs=1e-9)
    error = np.abs(whole.voltage[1:] - rows.ends[:, 3]).max()
    record_property("voltage differs by [mV]", (1e3 * error, "< 0.2"))
    assert error < 2e-4
    assert whole.ends[-1, 5:7] == pytest.approx(rows.ends[-1, 5:7], rel=1e-5)


def test_the_charge_of_a_profile_is_the_sum_of_its_rows() -> None:
    result = followed(ONE_C).run()[0]
    assert result.charge[1:] == pytest.approx(np.cumsum(VALUES) * ONE_C, rel=1e-12, abs=1e-9)


def test_a_row_costs_less_than_a_step_of_its_own(record_property: Record) -> None:
    changes = 1 + np.count_nonzero(np.diff(VALUES))
    spent = followed(ONE_C).run()[0].counts["accepted"]
    apart = row_by_row(ONE_C).counts["accepted"]
    record_property("steps in time for each change of the current", (spent / changes, f"< {apart / changes:.1f}"))
    assert spent < apart


def test_a_profile_ends_at_the_cut_off_it_drives_to_and_only_there() -> None:
    empty = followed(ONE_C, np.full(7200, 1.0)).run()[0]
    assert empty.causes == ["low voltage"]
    assert empty.voltage[-1] == pytest.approx(2.5, abs=1e-6)
    full = followed(ONE_C, np.array([0.0, 0.1, 0.0, -3.0, -3.0] + 600 * [-3.0]), high=4.2).run()[0]
    assert full.causes == ["high voltage"]
    assert full.time[-1] > 3


def test_designs_that_follow_a_profile_in_a_pack_are_as_if_alone() -> None:
    scale = ONE_C * np.linspace(0.5, 2.0, 11)
    packed = followed(scale, pack=8, threads=2).run()
    for design in (0, 4, 10):
        alone = followed(scale[design : design + 1], pack=8).run()[0]
        assert alone.rows.tobytes() == packed[design].rows.tobytes()
        assert alone.state.tobytes() == packed[design].state.tobytes()
