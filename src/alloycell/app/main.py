"""The door: the ``alloycell`` command. Here alone every error is caught and told as sentences and an exit status.

Exit status: ``check`` 0 inside, 1 outside (wins over 3), 3 undecidable or unknown; every command 2 bad input, 4 a run
that did not finish, 70 a fault of alloycell, 130 stopped by Ctrl-C; other commands 0 when they did their job.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from alloycell.app.commands.check import check
from alloycell.app.commands.cite import cite
from alloycell.app.commands.doctor import doctor
from alloycell.app.commands.dose import dose
from alloycell.app.commands.explain import explain
from alloycell.app.commands.materials import materials
from alloycell.app.commands.new import new
from alloycell.app.commands.particle import particle
from alloycell.app.commands.schema import schema
from alloycell.app.commands.simulate import simulate
from alloycell.app.commands.study import study
from alloycell.app.commands.window import window
from alloycell.app.faults import CommandError, InternalError, exit_status, told
from alloycell.app.layout import clean
from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply, Screen, plain
from alloycell.errors import AlloycellError, Fault, RunError, suggestion

__all__ = ["COMMANDS", "main", "run"]

COMMANDS = (new, study, check, simulate, dose, window, particle, explain, materials, schema, cite, doctor)
"""The commands in the order in which the help lists them."""

_STOPPED = 130
"""Exit status after Ctrl-C (dimensionless), which the parser gives where it catches it first."""

_USAGE_FAULT: type[Exception] = typer.BadParameter.__mro__[2]
"""What the parser of the command line raises for anything that it cannot read."""


def _application() -> typer.Typer:
    application = typer.Typer(
        name="alloycell",
        help="From one design file of a lithium-ion cell with a silicon or tin negative electrode to its capacities, "
        "lithium ledger, dose and verdicts.",
        epilog="Begin with: alloycell new --template layered-silicon cell.toml, then alloycell study cell.toml",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    application.callback(invoke_without_command=True)(_alloycell)
    for command in COMMANDS:
        application.command(command.__name__)(command)
    return application


def _alloycell(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply | None:
    if version:
        raise typer.Exit(_tell(_version(), as_json, Screen()))
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    return None


def _version() -> Reply:
    from alloycell.app.release import release

    return Reply(lambda screen: f"alloycell {release()}", lambda: {"version": release()})


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line given as ``arguments`` (without the program's name); gives the exit status.

    Prints to standard output and, errors and progress, to standard error; the status is dimensionless.
    """
    as_json, quiet = "--json" in arguments, bool({"--quiet", "-q"} & set(arguments))
    screen = Screen(_width(), _colour(), quiet)
    try:
        try:
            command = typer.main.get_command(_application())
            reply = command.main(args=list(arguments), prog_name="alloycell", standalone_mode=False)
            if reply == _STOPPED:
                raise KeyboardInterrupt
            status = _tell(reply, as_json, screen) if isinstance(reply, Reply) else int(reply or 0)
        except BrokenPipeError:
            raise
        except (Exception, KeyboardInterrupt) as problem:
            if "--debug" in arguments:
                traceback.print_exc()
            status = _refuse(problem, as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        return 141
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return status


def main() -> None:
    """The console entry: one command line from ``sys.argv``; ends the process with its exit status (no units).

    A command is over soon, so garbage is looked for rarely: that makes a study an eighth faster.
    """
    gc.set_threshold(100_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    status = run(sys.argv[1:])
    if status == 141:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def _width() -> int:
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 140))


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _tell(reply: Reply, as_json: bool, screen: Screen) -> int:
    text = json.dumps(plain(reply.data()), indent=2, allow_nan=False) if as_json else reply.text(screen)
    if text:
        sys.stdout.write(text + "\n")
    return reply.status


def _refuse(problem: BaseException, as_json: bool) -> int:
    if isinstance(problem, KeyboardInterrupt | typer.Abort):
        return _say(RunError("Stopped; what was written before is whole."), as_json, _STOPPED)
    if isinstance(problem, AlloycellError):
        return _say(problem, as_json)
    if isinstance(problem, _USAGE_FAULT):
        return _say(_misunderstood(problem), as_json)
    place = traceback.extract_tb(problem.__traceback__)[-1:]
    where = "".join(f", {os.path.basename(frame.filename)} line {frame.lineno}" for frame in place)
    sentence = f"alloycell made a mistake ({type(problem).__name__}: {problem}{where})."
    advice = "Please report it with the command and the design file; --debug shows the traceback."
    return _say(InternalError(f"{sentence} {advice}"), as_json)


def _say(problem: AlloycellError, as_json: bool, status: int | None = None) -> int:
    status = exit_status(problem) if status is None else status
    if as_json:
        report = told(problem)
        report["error"]["status"] = status
        sys.stdout.write(json.dumps(plain(report), indent=2, allow_nan=False) + "\n")
        return status
    lines = [str(fault) for fault in problem.faults] or str(problem).splitlines()
    sys.stderr.writelines(f"{clean(line)}\n" for line in lines)
    return status


def _misunderstood(problem: Any) -> CommandError:
    message = " ".join(str(problem.format_message()).split())
    context = getattr(problem, "ctx", None)
    path = context.command_path if context is not None else "alloycell"
    names = [command.__name__ for command in COMMANDS]
    wrong = message.removeprefix("No such command ").split(".")[0].strip("'\"")
    if message.startswith("No such command"):
        message = f'There is no command "{wrong}".'
        return CommandError(
            Fault(f'the command "{wrong}"', "does not exist", "a command is needed", suggestion(wrong, names))
        )
    full_stop = "" if message.endswith((".", "?", ")")) else "."
    return CommandError(f"{message}{full_stop} {path} --help says what it takes.")
