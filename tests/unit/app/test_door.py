"""The door: exit statuses, sentences on standard error, JSON, and nothing that looks like a crash."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from alloycell.app import main as door
from alloycell.app.main import COMMANDS
from alloycell.errors import RunError, StoreError

COLOUR = "\x1b["
DESIGN_COMMANDS = ("study", "check", "dose", "window", "cite")
START = "import sys; from alloycell.app.main import main; sys.argv[0] = 'alloycell'; main()"


def in_a_process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    code = [sys.executable, "-c", START, *arguments]
    return subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]


def failing(problem: BaseException):
    """A function that does nothing but raise ``problem``."""

    def fail(*_: object, **__: object) -> None:
        raise problem

    return fail


def test_without_a_command_the_help_lists_every_command(alloycell):
    ended = alloycell()
    assert ended.status == 0
    for command in COMMANDS:
        assert f"\n  {command.__name__} " in ended.out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_the_help_of_every_command_offers_json_quiet_and_debug(alloycell, command):
    ended = alloycell(command.__name__, "--help")
    assert ended.status == 0
    for option in ("--json", "--quiet", "--debug"):
        assert option in ended.out


def test_the_short_help_of_a_command_is_a_whole_sentence(alloycell):
    assert "..." not in alloycell("--help").out.replace("[ARGS]...", "")


def test_the_version_is_told_as_text_and_as_json(alloycell):
    assert alloycell("--version").out.startswith("alloycell ")
    assert alloycell("--version", "--json").data["version"]


@pytest.mark.parametrize("wrong", ["studdy", "chekc", "materails"])
def test_a_misspelt_command_ends_with_2_and_the_nearest_name(alloycell, wrong):
    ended = alloycell(wrong)
    assert ended.status == 2
    assert f'"{wrong}"' in ended.err
    assert "Did you mean" in ended.err
    assert ended.out == ""


def test_a_misspelt_option_ends_with_2_and_the_nearest_name(alloycell, template_file):
    ended = alloycell("dose", template_file("layered-silicon"), "--tagret", "0.5")
    assert ended.status == 2
    assert "--target" in ended.err
    assert "alloycell dose --help" in ended.err


def test_a_missing_argument_ends_with_2_and_says_which(alloycell):
    ended = alloycell("check")
    assert ended.status == 2
    assert "DESIGN" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", DESIGN_COMMANDS)
def test_a_design_that_is_not_there_ends_with_2_and_is_named(alloycell, command):
    ended = alloycell(command, "nowhere.toml")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("nowhere.toml does not exist")


@pytest.mark.parametrize("command", DESIGN_COMMANDS)
def test_a_design_that_is_not_toml_ends_with_2_and_line_and_column(alloycell, tmp_path, command):
    (tmp_path / "cell.toml").write_text("format = 1\nname = oops\n")
    ended = alloycell(command, "cell.toml")
    assert ended.status == 2
    assert "line 2, column 8" in ended.err


@pytest.mark.parametrize("command", DESIGN_COMMANDS)
def test_all_faults_of_a_design_come_at_once_each_on_its_own_line(alloycell, cell_file, command):
    path = cell_file(('"35 %"', "37"), ('"20 um"', '"-20 um"'), ("fill", "fil"))
    ended = alloycell(command, path)
    assert (ended.status, ended.out) == (2, "")
    lines = ended.err.splitlines()
    for where in ("negative.layers[0].porosity", "separator.thickness", "electrolyte.fil"):
        assert sum(line.startswith(where) for line in lines) >= 1
    assert all(line.rstrip().endswith((".", "?")) for line in lines)


def test_faults_in_json_carry_code_status_and_the_parts_of_each_sentence(alloycell, cell_file):
    ended = alloycell("check", cell_file(('"35 %"', "37")), "--json")
    assert (ended.status, ended.err) == (2, "")
    error = ended.data["error"]
    assert (error["code"], error["status"]) == ("E100", 2)
    fault = error["faults"][0]
    assert fault["where"] == "negative.layers[0].porosity"
    assert all(fault[part] for part in ("found", "needed", "remedy", "sentence"))


@pytest.mark.parametrize(
    "arguments", [["chekc", "--json"], ["check", "--json"], ["check", "none.toml", "--json"], ["--json", "x"]]
)
def test_in_json_mode_every_error_is_json_on_standard_output(alloycell, arguments):
    ended = alloycell(*arguments)
    assert (ended.status, ended.err) == (2, "")
    assert ended.data["error"]["faults"][0]["sentence"]


def test_a_run_that_does_not_finish_ends_with_4(alloycell, monkeypatch, template_file):
    monkeypatch.setattr("alloycell.cell.planning.dose_plan", failing(RunError("It stopped halfway.")))
    ended = alloycell("dose", template_file("layered-silicon"))
    assert (ended.status, ended.err) == (4, "It stopped halfway.\n")


def test_a_folder_that_cannot_be_written_ends_with_2(alloycell, monkeypatch, template_file):
    monkeypatch.setattr("alloycell.app.commands.new.write_text", failing(StoreError("x cannot be written: full.")))
    ended = alloycell("new", "--template", "layered-silicon")
    assert (ended.status, ended.err) == (2, "x cannot be written: full.\n")


def test_a_fault_of_alloycell_ends_with_70_and_a_request_to_report_it(alloycell, monkeypatch, template_file):
    monkeypatch.setattr("alloycell.cell.planning.dose_plan", failing(ZeroDivisionError("division by zero")))
    ended = alloycell("dose", template_file("layered-silicon"))
    assert ended.status == 70
    assert "Please report it" in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_debug_shows_the_traceback_and_keeps_the_status(alloycell, monkeypatch, template_file):
    monkeypatch.setattr("alloycell.cell.planning.dose_plan", failing(ZeroDivisionError("division by zero")))
    ended = alloycell("dose", template_file("layered-silicon"), "--debug")
    assert ended.status == 70
    assert "Traceback" in ended.err


def test_a_fault_of_alloycell_in_json_says_so(alloycell, monkeypatch, template_file):
    monkeypatch.setattr("alloycell.cell.planning.dose_plan", failing(ZeroDivisionError("division by zero")))
    ended = alloycell("dose", template_file("layered-silicon"), "--json")
    assert (ended.status, ended.data["error"]["code"]) == (70, "E900")


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_ctrl_c_ends_with_130_and_one_line(alloycell, monkeypatch, template_file, arguments):
    monkeypatch.setattr("alloycell.cell.planning.dose_plan", failing(KeyboardInterrupt()))
    ended = alloycell("dose", template_file("layered-silicon"), *arguments)
    assert ended.status == 130
    assert "Stopped" in (ended.data["error"]["message"] if arguments else ended.err)
    assert len(ended.err.splitlines()) == (0 if arguments else 1)


def test_what_a_design_says_cannot_steer_the_terminal(alloycell, cell_file):
    ended = alloycell("dose", cell_file(("Silicon film on graphite, LiMn2O4", r"x\u001b[31mred\u0007")))
    assert ended.status == 0
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out


def test_no_colour_is_written_where_nobody_looks_or_no_color_is_set(alloycell, monkeypatch, template_file):
    assert COLOUR not in alloycell("check", template_file("layered-silicon")).out
    monkeypatch.setattr(door, "_colour", lambda: True)
    assert COLOUR in alloycell("check", template_file("layered-silicon")).out
    monkeypatch.undo()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert COLOUR not in alloycell("check", template_file("layered-silicon")).out


def test_a_closed_pipe_is_quiet():
    process = in_a_process("schema")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def test_a_terminal_without_unicode_gets_text_all_the_same(tmp_path):
    (tmp_path / "cell.toml").write_text('format = 1\nname = "\u00e4\u4e2d"\nporosity\u00e4 = 1\n', encoding="utf-8")
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    process = in_a_process("check", str(tmp_path / "cell.toml"), env=surroundings)
    _, told = process.communicate()
    assert process.returncode == 2
    assert b"Traceback" not in told


def test_the_help_imports_neither_numpy_nor_pydantic_nor_rich():
    code = "import sys; from alloycell.app.main import run; run(['--help']); "
    code += (
        "sys.exit(sum(name in sys.modules for name in ('numpy', 'pydantic', 'rich', 'matplotlib', 'pint', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize("command", ["check", "dose"])
def test_the_quick_commands_import_nothing_slow(template_file, command):
    code = (
        f"import sys; from alloycell.app.main import run; run(['{command}', r'{template_file('layered-silicon')}']); "
    )
    code += "sys.exit(sum(name in sys.modules for name in ('rich', 'matplotlib', 'pint', 'scipy', 'jinja2')))"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_the_root_gives_its_names_only_when_asked():
    code = "import sys, alloycell; alloycell.DesignError; assert 'numpy' not in sys.modules; "
    code += "alloycell.Cell; assert 'numpy' in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "first", ["from alloycell import study", "import alloycell.studies; from alloycell import study"]
)
def test_study_of_the_root_can_be_called_whoever_imports_it_first(first, template_file):
    code = (
        f"{first}; from alloycell import Cell; print(study(Cell.load(r'{template_file('layered-silicon')}')).cell.name)"
    )
    assert b"Silicon" in subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout
