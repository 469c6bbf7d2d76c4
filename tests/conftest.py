"""The option ``--evidence FILE``: what the verification tests put on record is written to FILE as a page."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from alloycell.simulate.kernel import available
from evidence import Case, case_of, page, plain, statements

__all__ = ["Evidence", "pytest_addoption", "pytest_configure", "pytest_runtest_makereport", "versions"]

LIBRARIES = ("alloycell", "numpy", "scipy", "pybamm")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option; no units."""
    parser.addoption("--evidence", metavar="FILE", help="write what the verification tests measured to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Collects only where a page is asked for, and only in the process that sees all reports; no units."""
    if config.getoption("--evidence") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Evidence(config.rootpath, config.getoption("--evidence")))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Makes what a test put on record fit to travel from the processes of ``pytest -n``; units unchanged."""
    item.user_properties[:] = [(str(label), plain(value)) for label, value in item.user_properties]


class Evidence:
    """Collects reports and writes the page at the end of the session."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.path = root, root / name
        self.cases: list[Case] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keeps what a finished case reports; no units."""
        case = case_of(report)
        if case is not None:
            self.cases.append(case)

    def pytest_sessionfinish(self) -> None:
        """Writes the page: first beside it, then in its place; no units."""
        stated = statements(self.root, ("tests/verification", "tests/crosscheck"))
        cases = sorted(self.cases, key=lambda case: case.node)
        beside = self.path.with_suffix(".new")
        beside.write_text(page(stated, cases, versions()), encoding="utf-8")
        os.replace(beside, self.path)


def versions() -> dict[str, str]:
    """Versions of Python and the libraries that took part, and the variant of the kernel; no units."""
    found = {"Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return {**found, "kernel": next(iter(available()), "absent")}
