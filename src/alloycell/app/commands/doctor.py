"""``alloycell doctor``: does this installation work."""

from __future__ import annotations

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply, Screen

__all__ = ["doctor"]


def doctor(as_json: Json = False, quiet: Quiet = False, debug: Debug = False) -> Reply:
    """Check this installation.

    One line a check: packages, records, curves, writing, examples. Exit status 4 where one fails.
    """
    from alloycell.app.health import Finding, findings

    found = findings()

    def text(screen: Screen) -> str:
        def line(entry: Finding) -> str:
            return f"{screen.mark('passed' if entry.passed else 'failed')}  {entry.name}: {entry.told}"

        return "\n".join(line(entry) for entry in found if not (screen.quiet and entry.passed))

    passed = all(entry.passed for entry in found)
    return Reply(text, lambda: {"passed": passed, "checks": found}, 0 if passed else 4)
