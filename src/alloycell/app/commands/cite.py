"""``alloycell cite``: what to cite for the data and models that a design uses."""

from __future__ import annotations

from alloycell.app.options import Debug, Design, Json, Quiet
from alloycell.app.reply import Reply

__all__ = ["cite"]


def cite(design: Design, as_json: Json = False, quiet: Quiet = False, debug: Debug = False) -> Reply:
    """Print BibTeX of what a design uses."""
    from alloycell.app.bibliography import bibliography, bibtex
    from alloycell.app.inputs import cell_in

    entries = bibliography(cell_in(design))
    return Reply(
        lambda screen: bibtex(entries),
        lambda: {"entries": entries, "bibtex": bibtex(entries)},
    )
