"""The commands, one a file; each gives a :class:`~alloycell.app.reply.Reply` that the door prints."""

from __future__ import annotations

__all__: list[str] = []
