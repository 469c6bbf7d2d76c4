"""A specification is data: which clauses, held against which figures, with which edges as stated, under which
parents.

Three are shipped; a user writes more in TOML (``docs/how-to/add-a-clause.md``). A clause names a rule (a pure
function of :mod:`alloycell.check.rules`) or holds a window over any one figure.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from alloycell.check.clause import Criterion, Window
from alloycell.check.figures import PARAMETERS, known_figures
from alloycell.check.rules import RULES, Rule
from alloycell.declaration import Declared, faults_of
from alloycell.errors import Fault, FormatError, suggestion
from alloycell.figure import Figure
from alloycell.files import read_toml
from alloycell.quantities import KINDS

__all__ = ["Clause", "Edges", "Specification", "content_window", "load", "of", "placeholder", "shipped"]

_Edge = str | Annotated[float, Field(strict=True)]


class Edges(Declared):
    """The edges of one number as a clause states them: texts with unit (digits count) or SI numbers; open or
    closed.

    ``kind`` is needed where the number is not a figure but made inside the rule; ``exact`` switches rounding
    off.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: _Edge | None = None
    high: _Edge | None = None
    low_open: bool = False
    high_open: bool = False
    exact: bool = False
    kind: str | None = None

    def window(self, kind: str) -> Window:
        """These edges as a window of ``kind`` [SI]; raises ``PydanticCustomError`` for a wrong unit."""
        return Window.of(kind, self.low, self.high, low_open=self.low_open, high_open=self.high_open, exact=self.exact)


class Clause(Declared):
    """One clause: a ``rule`` with its ``edges``, or one ``figure`` with a window, ``equals`` or ``any_of``.

    ``parents`` lists alternatives, each a list of clauses that must all hold; ``figures`` maps a parameter of
    the rule to another figure of the same kind; ``reading`` is the decided reading shown beside the verdict,
    ``also`` names figures shown beside it; ``applies_if`` names a yes-or-no figure without which the clause
    has no subject.
    """

    name: str = Field(min_length=1)
    title: str = ""
    rule: str | None = None
    figure: str | None = None
    low: _Edge | None = None
    high: _Edge | None = None
    low_open: bool = False
    high_open: bool = False
    exact: bool = False
    equals: bool | None = None
    any_of: tuple[str, ...] = ()
    parents: tuple[tuple[str, ...], ...] = ()
    figures: dict[str, str] = Field(default_factory=dict)
    edges: dict[str, Edges] = Field(default_factory=dict)
    reading: str = ""
    also: tuple[str, ...] = ()
    applies_if: str | None = None

    def parameters(self) -> Mapping[str, str]:
        """Parameter name to figure name, in the order of the rule; no units."""
        if self.rule is None:
            return {str(self.figure): str(self.figure)}
        names = [name for name in inspect.signature(RULES[self.rule]).parameters if name != "edges"]
        return {name: self.figures.get(name, name) for name in names}

    def windows(self) -> Mapping[str, Window]:
        """The windows [SI] that the rule is given, by the name it asks for."""
        return {name: edges.window(edges.kind or PARAMETERS[name]) for name, edges in self.edges.items()}

    def content_window(self) -> tuple[float, float] | None:
        """Lower and upper edge (0 to 1) of the lithium fraction of the alloy that this clause demands; None without."""
        for name, figure in self.parameters().items():
            if figure not in _CONTENTS:
                continue
            window = self._window("atom fraction") if self.rule is None else self.windows().get(name)
            if window is not None and window.low is not None and window.high is not None:
                return window.low, window.high
        return None

    def own_rule(self, kind: str) -> Rule:
        """The rule of a clause over one figure of ``kind``: window [SI], truth value or set of names."""
        name = str(self.figure)
        words, equals, wanted = name.replace("_", " "), self.equals, frozenset(self.any_of)
        window = None if equals is not None or wanted else self._window(kind)

        def judged(value: Any) -> tuple[Criterion, ...]:
            if window is not None:
                return (Criterion(words, (name,), value, window),)
            if equals is not None:
                return (Criterion(f"{words}: {'yes' if equals else 'no'}", (name,), value == equals),)
            found = ", ".join(sorted(value)) or "none"
            return (Criterion(f"{words}: {' or '.join(sorted(wanted))}", (name,), bool(wanted & value), found=found),)

        return judged

    def _window(self, kind: str) -> Window:
        edges = Edges(low=self.low, high=self.high, low_open=self.low_open, high_open=self.high_open, exact=self.exact)
        return edges.window(kind)


_CONTENTS = ("equilibrium_lithium_fraction", "designed_lithium_fraction", "extended_lithium_fraction")


class Specification(Declared):
    """A named list of clauses; a parent stands above the clauses that depend on it. No units of its own."""

    format: Literal[1]
    name: str = Field(min_length=1)
    title: str = ""
    clauses: tuple[Clause, ...] = Field(min_length=1)

    def clause(self, name: str) -> Clause:
        """The clause called ``name`` (no units); raises FormatError with the nearest name."""
        for clause in self.clauses:
            if clause.name == name:
                return clause
        known = [clause.name for clause in self.clauses]
        raise FormatError(
            Fault(
                f'clause "{name}"',
                f"is not in {self.name}",
                "a clause of it is needed",
                suggestion(name, known),
            )
        )


def content_window(specifications: Iterable[Specification]) -> tuple[float, float] | None:
    """The first window (0 to 1) that a clause demands of the lithium fraction of the alloy; None without one."""
    clauses = (clause for specification in specifications for clause in specification.clauses)
    return next((window for clause in clauses if (window := clause.content_window()) is not None), None)


def shipped() -> tuple[str, ...]:
    """The names of the specifications that come with alloycell, in alphabetical order; no units."""
    folder = resources.files("alloycell.check") / "data"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load(source: str | Path) -> Specification:
    """The specification called ``source`` (a shipped name) or written in the TOML file at that path; edges in
    SI.

    Raises FormatError: with path, line and column for TOML, else with every fault of the file at once.
    """
    path = Path(source)
    if isinstance(source, str) and source in shipped():
        with resources.as_file(resources.files("alloycell.check") / "data" / f"{source}.toml") as file:
            return of(read_toml(file), source)
    if path.suffix != ".toml" and not _is_file(path):
        raise FormatError(
            Fault(
                f'specification "{source}"',
                "is not known",
                "a shipped name or a path to a .toml file is needed",
                suggestion(str(source), shipped()),
            )
        )
    return of(read_toml(path), str(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for the file system is no file
        return False


def of(tables: Mapping[str, Any], where: str) -> Specification:
    """The specification in ``tables`` (as read from TOML, edges with unit text); ``where`` opens each
    message.

    Raises FormatError with every fault at once.
    """
    try:
        specification = Specification.model_validate(tables)
    except ValidationError as problem:
        raise FormatError(_placed(where, fault) for fault in faults_of(problem, Specification)) from None
    faults = list(_faults(specification, known_figures()))
    if faults:
        raise FormatError(_placed(where, fault) for fault in faults)
    return specification


def _placed(where: str, fault: Fault) -> Fault:
    found = fault.found.replace("a key of a design", "a key of a specification")
    return Fault(f"{where}: {fault.where}", found, fault.needed, fault.remedy)


def _faults(specification: Specification, known: Mapping[str, Figure]) -> Iterator[Fault]:
    above: list[str] = []
    for index, clause in enumerate(specification.clauses):
        at = f"clauses[{index}]"
        if clause.name in above:
            yield Fault(f"{at}.name", f'is "{clause.name}" a second time', "each clause needs a name of its own")
        for name in (name for group in clause.parents for name in group if name not in above):
            needed = "a parent must stand above the clause that depends on it"
            yield Fault(f"{at}.parents", f'names "{name}"', needed, suggestion(name, above))
        if any(not group for group in clause.parents):
            yield Fault(f"{at}.parents", "holds an empty list", "each alternative names at least one clause")
        above.append(clause.name)
        yield from _figure_faults(clause, at, known)
        yield from _rule_faults(clause, at, known) if clause.rule else _own_faults(clause, at, known)


def _figure_faults(clause: Clause, at: str, known: Mapping[str, Figure]) -> Iterator[Fault]:
    named = [(f"{at}.also", name) for name in clause.also]
    named += [(f"{at}.figures.{key}", name) for key, name in clause.figures.items()]
    named += [(f"{at}.{key}", name) for key in ("figure", "applies_if") if (name := getattr(clause, key)) is not None]
    for where, name in named:
        if name not in known:
            yield Fault(where, f'names "{name}"', "a figure is needed", suggestion(name, tuple(known)))
    if clause.applies_if in known and known[str(clause.applies_if)].kind != "yes or no":
        yield Fault(f"{at}.applies_if", f'names "{clause.applies_if}"', "a yes-or-no figure is needed")


def _rule_faults(clause: Clause, at: str, known: Mapping[str, Figure]) -> Iterator[Fault]:
    if clause.rule not in RULES:
        yield Fault(
            f"{at}.rule",
            f'is "{clause.rule}"',
            "a rule is needed",
            suggestion(str(clause.rule), tuple(RULES)),
        )
        return
    if clause.figure is not None:
        yield Fault(f"{at}.figure", "is given beside a rule", "a clause has a rule or a figure, not both")
    parameters = clause.parameters()
    for key, name in clause.figures.items():
        if key not in parameters:
            found = "is not a parameter of the rule"
            yield Fault(f"{at}.figures.{key}", found, "a parameter is needed", suggestion(key, tuple(parameters)))
        elif name in known and known[name].kind != PARAMETERS[key]:
            yield Fault(
                f"{at}.figures.{key}",
                f'is "{name}", a {known[name].kind}',
                f"a figure of kind {PARAMETERS[key]} is needed",
            )
    needed = _edges_needed(RULES[str(clause.rule)])
    for name in sorted(needed - set(clause.edges)):
        yield Fault(f"{at}.edges.{name}", "is missing", f"{clause.rule} holds a number against it")
    for name in sorted(set(clause.edges) - needed):
        fix = suggestion(name, tuple(needed))
        yield Fault(f"{at}.edges.{name}", "is not asked for", f"{clause.rule} has no such edge", fix)
    for name, edges in clause.edges.items():
        kind = edges.kind or PARAMETERS.get(name)
        yield from _edge_faults(edges, kind, f"{at}.edges.{name}")


def _own_faults(clause: Clause, at: str, known: Mapping[str, Figure]) -> Iterator[Fault]:
    if clause.figure is None:
        yield Fault(at, "has neither rule nor figure", "one of them must be given", f"Rules: {', '.join(RULES)}")
        return
    if clause.figure not in known:
        return
    kind = known[clause.figure].kind
    wanted = {"yes or no": "equals", "names": "any_of"}.get(kind, "low or high")
    given = {"equals": clause.equals is not None, "any_of": bool(clause.any_of)}
    given["low or high"] = clause.low is not None or clause.high is not None
    if not given[wanted] or sum(given.values()) > 1:
        found = ", ".join(key for key, there in given.items() if there) or "nothing"
        yield Fault(at, f"holds {clause.figure} ({kind}) against {found}", f"{wanted} must be given, and only that")
    elif wanted == "low or high":
        fields = ("low", "high", "low_open", "high_open", "exact")
        yield from _edge_faults(Edges(**{key: getattr(clause, key) for key in fields}), kind, at)


def _edge_faults(edges: Edges, kind: str | None, at: str) -> Iterator[Fault]:
    if kind is None or kind not in KINDS:
        found = "is missing" if kind is None else f'is "{kind}"'
        yield Fault(f"{at}.kind", found, "the kind of the number is needed", suggestion(kind or "", tuple(KINDS)))
        return
    before = None
    for side in ("low", "high"):
        try:
            window = Edges(**{side: getattr(edges, side)}).window(kind)
        except PydanticCustomError as problem:
            told = problem.context or {}
            yield Fault(f"{at}.{side}", str(told["found"]), str(told["needed"]), str(told["remedy"]))
            return
        if side == "high" and before is not None and window.high is not None and before >= window.high:
            yield Fault(f"{at}.high", f"is {edges.high}", f"it must be above the lower edge {edges.low}")
        before = window.low
    if edges.low is None and edges.high is None:
        yield Fault(at, "has no edge", "low or high must be given")


class _Asked(dict[str, Window]):
    """Windows that a rule asks for while nothing is known yet; remembers the names (no units)."""

    def __missing__(self, name: str) -> Window:
        self[name] = Window("ratio", low=0.0)
        return self[name]


def _edges_needed(rule: Rule) -> set[str]:
    asked = _Asked()
    rule(
        **{name: placeholder(name) for name in inspect.signature(rule).parameters if name != "edges"},
        edges=asked,
    )
    return set(asked)


def placeholder(parameter: str, kind: str | None = None) -> Any:
    """What a rule is given for a missing ``parameter``: NaN for a number of any unit, False, or no names."""
    absent: dict[str, Any] = {"yes or no": False, "names": frozenset()}
    return absent.get(kind or PARAMETERS[parameter], float("nan"))
