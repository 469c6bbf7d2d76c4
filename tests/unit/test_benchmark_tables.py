"""What ``make bench`` prints, without running what it measures."""

from __future__ import annotations

from types import SimpleNamespace

from benchmarks import pairs
from benchmarks.goals import Goal, table


def test_the_table_says_what_was_met_and_what_not():
    lines = table([
        Goal("one discharge", ">= 50 x", "0.4 ms", "24 ms", 60.2, True, "0.9 mV", "9 mV"),
        Goal("first curve", "<= 1 s", "1.2 s", "3 s", 2.5, False),
    ]).splitlines()  # fmt: skip
    assert lines[0].split()[:2] == ["goal", "aim"]
    assert "60 x" in lines[1]
    assert lines[1].endswith("met")
    assert lines[2].endswith("NOT MET")


def test_the_ratio_is_the_median_over_pairs_and_not_of_medians(monkeypatch):
    clock = iter([0.0, 4.0, 4.0, 8.0, 0.0, 4.0, 0.0, 2.0, 0.0, 2.0, 0.0, 8.0, 0.0, 6.0, 0.0, 2.0])
    monkeypatch.setattr(pairs, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    found = pairs.alternate(lambda: None, lambda: None, 3)
    assert (found.theirs, found.ours, found.ratio) == (6.0, 2.0, 3.0)
