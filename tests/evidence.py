"""What ``make verify`` found, as a page: one row a problem, with the figures that its tests put on record.

A test records with pytest's ``record_property("observed order in space", 2.01)``, or with a limit beside the figure,
``record_property("largest error [V]", (3e-4, "< 1e-3"))``. Of several cases of one test the page shows the worst under
a limit, the range without one. The page holds no date and no path, so that the same code gives the same page.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LADDER", "Case", "Statement", "case_of", "page", "plain", "rounded", "statements"]

LADDER = {
    1: "a sphere under constant surface flux",
    2: "a sphere whose diffusivity depends on content",
    3: "salt diffusing across a separator",
    4: "a porous electrode with linear kinetics",
    5: "layers with jumps in conductivity and porosity",
    6: "all equations coupled, with manufactured sources",
    7: "a moving boundary between two phases",
    8: "a layer that swells, free and clamped",
    9: "the state of hysteresis over charge and discharge",
    10: "a film whose growth is limited by diffusion",
    11: "lumped heat",
    12: "slow discharge along the open-circuit curve",
    13: "thin electrode and fast electrolyte: one particle",
    14: "steps at constant voltage and power, ends of steps",
}
"""The problems with exact solutions by number, in words; no units."""

_NUMBER = re.compile(r"V(\d+)\b")
_ONLY = re.compile(r"V(\d+)\b(?! and| to|, V)")


@dataclass(frozen=True)
class Case:
    """One case of a test: its pytest id, outcome, reason where there is one, recorded figures in their own units."""

    node: str
    outcome: str
    reason: str = ""
    figures: tuple[tuple[str, Any], ...] = ()

    @property
    def test(self) -> str:
        """File and function without the parameters; no units."""
        return self.node.split("[")[0]


@dataclass(frozen=True)
class Statement:
    """What a test states: its file and function, number on the ladder (None off it), the sentence; no units.

    ``about`` is the first sentence of its file.
    """

    test: str
    number: int | None
    sentence: str
    about: str


def case_of(report: Any) -> Case | None:
    """The case that a pytest report ends, None for the parts of a case that went well and end nothing; no units."""
    if report.when != "call" and report.passed:
        return None
    outcome, reason = report.outcome, ""
    if hasattr(report, "wasxfail"):
        outcome, reason = "known failure" if report.skipped else "failed", report.wasxfail.removeprefix("reason: ")
    elif report.skipped:
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    return Case(report.nodeid, outcome, reason, tuple(report.user_properties))


def plain(value: Any) -> Any:
    """``value`` without numpy's types, which do not travel between processes, unit unchanged."""
    if isinstance(value, tuple | list):
        return tuple(plain(part) for part in value)
    return value.item() if hasattr(value, "item") else value


def statements(root: Path, folders: Sequence[str]) -> list[Statement]:
    """The statements of all tests below ``folders`` of ``root``, in the order of file and line.

    A test is on the ladder whose docstring starts with a number such as V3, or that of its file with one number only.
    """
    found = []
    for path in sorted(path for folder in folders for path in (root / folder).rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = ast.get_docstring(tree) or ""
        only, about = _ONLY.match(told), " ".join(told.split("\n\n")[0].split()).split(". ")[0].rstrip(".")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = _NUMBER.match(ast.get_docstring(node) or "")
                number = own or only
                sentence = node.name.removeprefix("test_").replace("_", " ")
                place = f"{path.relative_to(root).as_posix()}::{node.name}"
                found.append(Statement(place, int(number.group(1)) if number else None, sentence, about))
    return found


def page(stated: Iterable[Statement], cases: Iterable[Case], versions: Mapping[str, str]) -> str:
    """The page in Markdown: the ladder by number, then file by file what is not on it; figures in their own units."""
    told, seen = list(stated), list(cases)
    counts = Counter(case.outcome for case in seen)
    lines = [
        "# Evidence",
        "",
        "Written by `make verify`, not by hand: what the verification tests and the comparison with PyBaMM found.",
        "Limits stand in brackets. Of several cases of one test the worst is shown, or the range where no limit is.",
        "",
        f"{_listed(counts)}. {'; '.join(f'{name} {version}' for name, version in versions.items())}.",
        "",
        "## Problems with exact solutions",
        "",
    ]
    numbered: dict[int, list[Statement]] = {number: [] for number in LADDER}
    for one in told:
        if one.number in numbered:
            numbered[one.number].append(one)
    rows = []
    for number, title in LADDER.items():
        mine = numbered[number]
        rows += [_row(f"V{number}", f"*{title}*: {one.sentence}", one, seen) for one in mine]
        rows += [] if mine else [f"| V{number} | *{title}* | | no test |"]
    lines += ["| | problem | measured | outcome |", "|---|---|---|---|", *rows]
    for file in dict.fromkeys(one.test.split("::")[0] for one in told if one.number not in numbered):
        mine = [one for one in told if one.test.startswith(f"{file}::") and one.number not in numbered]
        lines += [
            "",
            f"## {_heading(file)}",
            "",
            f"`{file}`",
            "",
            "| statement | measured | outcome |",
            "|---|---|---|",
        ]
        lines += [_row(None, one.sentence, one, seen) for one in mine]
    return "\n".join([*lines, ""])


def _heading(file: str) -> str:
    return Path(file).stem.removeprefix("test_").replace("_", " ").capitalize()


def _row(number: str | None, text: str, stated: Statement, cases: Sequence[Case]) -> str:
    mine = [case for case in cases if case.test == stated.test]
    cells = [text, _figures(mine), _outcome(mine)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in ([number] if number else []) + cells) + " |"


def _figures(cases: Sequence[Case]) -> str:
    values: dict[tuple[str, str], list[Any]] = {}
    for case in cases:
        for label, figure in case.figures:
            value, limit = figure if isinstance(figure, tuple | list) else (figure, "")
            values.setdefault((re.sub(r"^V\d+ ", "", label), limit), []).append(value)
    told = []
    for (label, limit), found in values.items():
        if any(isinstance(value, str) for value in found):
            shown = ", ".join(dict.fromkeys(map(str, found)))
        elif limit:
            shown = rounded(min(found) if limit.startswith(">") else max(found))
        else:
            shown = " to ".join(dict.fromkeys((rounded(min(found)), rounded(max(found)))))
        told.append(f"{label} {shown}" + (f" ({limit})" if limit else ""))
    return "; ".join(told)


def rounded(value: float) -> str:
    """A figure with three digits, two where it is small, one where it is rounding error; unit unchanged."""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    size = abs(value)
    return f"{value:.{3 if size >= 0.01 else 2 if size >= 1e-10 else 1}g}"


def _outcome(cases: Sequence[Case]) -> str:
    if not cases:
        return "not run"
    counts = Counter(case.outcome for case in cases)
    if set(counts) == {"passed"}:
        return "passed" if len(cases) == 1 else f"passed ({len(cases)} cases)"
    reasons = [
        f"{case.node.partition('[')[2].rstrip(']') or case.outcome}: {case.reason}" for case in cases if case.reason
    ]
    return _listed(counts) + (f" ({'; '.join(sorted(set(reasons)))})" if reasons else "")


def _listed(counts: Mapping[str, int]) -> str:
    order = ("passed", "known failure", "skipped", "failed")
    return ", ".join(f"{counts[name]} {name}" for name in order if counts.get(name)) or "nothing ran"
