"""``alloycell cite``: what to cite for the data and models that a design uses."""

from __future__ import annotations

from alloycell.app.options import Debug, Design, Json, Quiet
from alloycell.app.reply import Reply
from alloycell.files import read_toml

__all__ = ["cite"]


def cite(design: Design, as_json: Json = False, quiet: Quiet = False, debug: Debug = False) -> Reply:
    """Print BibTeX of what a design or particle uses."""
    from alloycell.app.bibliography import bibliography, bibtex, particle_bibliography
    from alloycell.app.inputs import cell_in

    if read_toml(design).get("kind") == "particle":
        from alloycell.app.particles import subjects_of

        (subject,) = subjects_of(design, None)
        entries = particle_bibliography(subject.name, subject.sheet)
    else:
        entries = bibliography(cell_in(design))
    return Reply(
        lambda screen: bibtex(entries),
        lambda: {"entries": entries, "bibtex": bibtex(entries)},
    )
