"""Files and functions stay short: code lines without blanks, comments and docstrings."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from source_tree import Function, Module, nothing_wrong

FILE_LIMIT = 400
FUNCTION_LIMIT = 60
USUAL_LIMIT = 35
USUAL_SHARE = 0.95


def length(module: Module, function: Function) -> int:
    """Code lines of ``function`` with its decorators, count without unit."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return sum(first <= line <= (function.end_lineno or first) for line in module.code_lines)


def file_faults(modules: Iterable[Module]) -> list[str]:
    """Files with more code lines than the limit."""
    return [
        f"{module.place()} has {len(module.code_lines)} code lines, at most {FILE_LIMIT} are allowed"
        for module in modules
        if len(module.code_lines) > FILE_LIMIT
    ]


def function_faults(modules: Iterable[Module]) -> list[str]:
    """Functions over the hard limit, and the long ones by name where too many are over the usual one."""
    lengths = {
        f"{module.place(function)} {function.name}": length(module, function)
        for module in modules
        for function in module.functions
    }
    faults = [f"{name} has {n} code lines" for name, n in lengths.items() if n > FUNCTION_LIMIT]
    long = [f"{name} has {n} code lines" for name, n in lengths.items() if n >= USUAL_LIMIT]
    if lengths and len(long) > (1 - USUAL_SHARE) * len(lengths):
        faults += [f"{len(long)} of {len(lengths)} functions reach {USUAL_LIMIT} code lines:", *long]
    return faults


def test_no_file_is_longer_than_four_hundred_code_lines(everything):
    nothing_wrong(file_faults(everything))


def test_functions_of_the_package_are_short(package):
    nothing_wrong(function_faults(package))


def test_functions_of_package_tests_and_benchmarks_are_short(everything):
    nothing_wrong(function_faults(everything))


def test_a_file_one_line_too_long_is_seen(made_up):
    modules = made_up({"right.py": "x = 1\n" * 400, "long.py": "x = 1\n" * 401})
    assert [fault.split(":")[0] for fault in file_faults(modules)] == ["long.py"]


@pytest.mark.parametrize(("lines", "faults"), [(33, 0), (34, 2), (59, 2), (60, 3)])
def test_a_function_that_is_too_long_is_seen(made_up, lines, faults):
    text = "def f():\n" + "    x = 1\n" * lines
    assert len(function_faults(made_up({"a.py": text}))) == faults


def test_one_long_function_among_many_short_ones_passes(made_up):
    short = "".join(f"def f{n}():\n    return {n}\n" for n in range(39))
    text = short + "def long():\n" + "    x = 1\n" * 50
    assert function_faults(made_up({"a.py": text})) == []


def test_blanks_comments_and_docstrings_are_not_code(made_up):
    text = '''
    """Two lines
    of docstring."""

    LIMIT = 3
    """What it is."""


    def f(  # a remark
        x,
    ):
        """Says
        something.
        """
        # nothing

        text = """one

        two"""
        return (
            x
        )
    '''
    (module,) = made_up({"a.py": text})
    assert len(module.code_lines) == 9
    assert length(module, module.functions[0]) == 8
