"""The page of evidence: worst figures, reasons, problems without a test, same text for the same cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evidence import LADDER, Case, page, plain, rounded, statements

HERE = "tests/verification/test_x.py"
TEXT = '''"""V3: salt."""


def test_the_first_is_on_the_ladder():
    """V1."""


def test_the_second_has_the_number_of_its_file():
    pass
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one file of two tests."""
    (tmp_path / HERE).parent.mkdir(parents=True)
    (tmp_path / HERE).write_text(TEXT)
    return tmp_path


def written(tree: Path, cases: list[Case]) -> str:
    return page(statements(tree, ("tests",)), cases, {"kernel": "v2"})


def row(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_a_test_has_its_own_number_or_that_of_its_file(tree):
    assert [one.number for one in statements(tree, ("tests",))] == [1, 3]


def test_a_file_with_two_numbers_gives_none_to_its_tests(tree):
    (tree / HERE).write_text(TEXT.replace("V3: salt", "V3 and V4: salt"))
    assert [one.number for one in statements(tree, ("tests",))] == [1, None]


def test_the_worst_of_several_cases_is_shown(tree):
    node = f"{HERE}::test_the_first_is_on_the_ladder"
    figures = [(("error", (0.1, "< 1")), ("order", (1.9, "> 1.8")), ("steps", 10)),
               (("error", (0.25, "< 1")), ("order", (2.01, "> 1.8")), ("steps", 12))]  # fmt: skip
    text = written(tree, [Case(f"{node}[{i}]", "passed", "", figures[i]) for i in range(2)])
    assert "error 0.25 (< 1); order 1.9 (> 1.8); steps 10 to 12 | passed (2 cases)" in row(text, "| V1 ")


def test_a_failure_and_a_reason_are_told(tree):
    node = f"{HERE}::test_the_second_has_the_number_of_its_file"
    cases = [Case(f"{node}[tin]", "known failure", "no source"), Case(f"{node}[lead]", "failed")]
    assert row(written(tree, cases), "| V3 ").endswith("| 1 known failure, 1 failed (tin: no source) |")


def test_what_did_not_run_and_what_is_not_there_is_said(tree):
    text = written(tree, [])
    assert row(text, "| V1 ").endswith("| not run |")
    assert row(text, "| V2 ").endswith("| no test |")
    assert all(f"| V{number} |" in text for number in LADDER)


def test_figures_are_rounded_for_a_reader():
    assert [rounded(x) for x in (2.0, 1.9876, 0.00031416, 3.1416e-14)] == ["2", "1.99", "0.00031", "3e-14"]


def test_numbers_travel_between_processes():
    found = plain((np.float64(0.5), "< 1"))
    assert found == (0.5, "< 1")
    assert type(found[0]) is float
