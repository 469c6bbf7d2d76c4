"""What the pages point to is there: files, headings, make targets, unit tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from source_tree import REPOSITORY, nothing_wrong

from alloycell.quantities import KINDS

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
TARGET = re.compile(r"\bmake((?:[ \t]+[A-Z]+=\S+)*)[ \t]+([a-z][a-z-]*)")
PATH = re.compile(
    r"^(?:src|tests|docs|examples|benchmarks|kernel|\.ci)/[\w./*-]+$|^[\w.-]+\.(?:md|toml|txt)$|^Makefile$"
)
MENTION = re.compile(r"\bdocs/[\w./-]+\.md\b")
CITED = re.compile(r"(docs/theory/[\w-]+\.md)((?:,? \(\d+\))+)")
EQUATION = re.compile(r"^ *\((\d+)\)  ", flags=re.MULTILINE)


def pages(root: Path) -> list[Path]:
    """The pages of the repository: those at its root and all below docs."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def near(path: Path, root: Path) -> str:
    """``path`` as seen from ``root``."""
    return str(path.relative_to(root))


def code_of(text: str) -> list[str]:
    """The pieces of code in a page: fenced blocks and single ticks."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```[^\n]*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", rest)


def headings(text: str) -> set[str]:
    """The headings of a page as the ends of links, the way a code host forms them."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def link_faults(root: Path) -> list[str]:
    """Links and pictures whose file or heading is not there; links to the web are left alone."""
    faults = []
    for page in pages(root):
        text = re.sub(r"^```[^\n]*\n.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, heading = link.partition("#")
            target = (page.parent / file) if file else page
            if not target.exists():
                faults.append(f"{near(page, root)} links to {link}, which is not there")
            elif heading and heading not in headings(target.read_text(encoding="utf-8")):
                faults.append(f"{near(page, root)} links to {link}, a heading that is not there")
    return faults


def target_faults(root: Path) -> list[str]:
    """Targets of make that a page names and the Makefile lacks."""
    known = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    return [
        f"{near(page, root)} names make {target}"
        for page in pages(root)
        for piece in code_of(page.read_text(encoding="utf-8"))
        for _, target in TARGET.findall(piece)
        if target not in known
    ]


def path_faults(root: Path) -> list[str]:
    """Files that a how-to page or CONTRIBUTING names and that are not there.

    A name in capitals stands for one's own: of ``docs/theory/NAME.md`` the folder must be there.
    """
    faults = []
    for page in [root / "CONTRIBUTING.md", *sorted((root / "docs" / "how-to").glob("*.md"))]:
        for piece in code_of(page.read_text(encoding="utf-8")):
            if PATH.match(piece) and not _found(root, piece):
                faults.append(f"{near(page, root)} names {piece}, which is not there")
    return faults


def _found(root: Path, piece: str) -> bool:
    kept = re.split(r"/[^/]*(?<![A-Za-z])[A-Z]{3,}(?![a-z])", piece)[0]
    return any(root.glob(kept.rstrip("/"))) or "*" in piece


def mention_faults(root: Path, files: Iterable[Path]) -> list[str]:
    """Pages that a source file sends its reader to and that are not there."""
    return [
        f"{near(file, root)} sends to {page}"
        for file in files
        for page in sorted(set(MENTION.findall(file.read_text(encoding="utf-8"))))
        if not (root / page).exists()
    ]


def citation_faults(root: Path, files: Iterable[Path]) -> list[str]:
    """Equations that a source file cites, such as docs/theory/dose.md (2), and that their page does not number."""
    faults = []
    for file in files:
        for page, numbers in CITED.findall(file.read_text(encoding="utf-8")):
            known = EQUATION.findall((root / page).read_text(encoding="utf-8")) if (root / page).exists() else []
            faults += [
                f"{near(file, root)} cites {page} ({number}), which is not there"
                for number in re.findall(r"\d+", numbers)
                if number not in known
            ]
    return faults


def rows(text: str, title: str) -> list[list[str]]:
    """The cells of the first table under the heading ``title``, header left out."""
    part = text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_link_of_a_page_leads_somewhere():
    nothing_wrong(link_faults(REPOSITORY))


def test_every_make_target_that_a_page_names_is_there():
    nothing_wrong(target_faults(REPOSITORY))


def test_every_file_that_a_how_to_page_names_is_there():
    nothing_wrong(path_faults(REPOSITORY))


def sources() -> list[Path]:
    """The source files of the package and of its solver."""
    return sorted([*(REPOSITORY / "src").rglob("*.py"), *(REPOSITORY / "kernel").glob("*.[hc]pp")])


def test_every_page_that_the_code_sends_to_is_there():
    nothing_wrong(mention_faults(REPOSITORY, sources()))


def test_every_equation_that_the_code_cites_is_there():
    nothing_wrong(citation_faults(REPOSITORY, sources()))


def test_every_theory_page_is_cited_by_the_code():
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    named = [f"docs/theory/{page.name}" for page in (REPOSITORY / "docs" / "theory").glob("*.md")]
    assert [name for name in named if name not in code] == []


def test_the_pages_that_people_start_from_are_there():
    wanted = (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "docs/nomenclature.md",
        "docs/signs.md",
    )
    assert [name for name in wanted if not (REPOSITORY / name).is_file()] == []


def test_the_nomenclature_lists_every_kind_of_quantity_with_its_units():
    text = (REPOSITORY / "docs" / "nomenclature.md").read_text(encoding="utf-8")
    stated = {row[0]: (row[1], row[2]) for row in rows(text, "Kinds of quantities")}
    assert stated == {name: (kind.si, kind.shown) for name, kind in KINDS.items()}


def name_faults(page: str, source: str) -> list[str]:
    """Names of the column "name in code" of a page that no source file uses."""
    names: list[str] = []
    for table in re.split(r"\n\n", page):
        header = table.strip().splitlines()[:1]
        if header and "| name in code |" in header[0]:
            names += [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[2])]
    return [f"{name} stands in no source file" for name in names if not re.search(rf"\b{name}\b", source)]


def test_every_name_of_the_nomenclature_is_used_in_the_code():
    page = (REPOSITORY / "docs" / "nomenclature.md").read_text(encoding="utf-8")
    source = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "src").rglob("*.py"))
    nothing_wrong(name_faults(page, source))


def test_a_name_that_no_code_uses_is_seen():
    page = "# T\n\n| symbol | name in code |\n|---|---|\n| x | `used`, `gone` |\n\nA word: `other`."
    assert name_faults(page, "used = 1; gone_far = 2") == ["gone stands in no source file"]


def test_the_strip_of_lithium_contents_follows_from_the_constants():
    text = (REPOSITORY / "docs" / "nomenclature.md").read_text(encoding="utf-8")
    table = rows(text, "The strip: at%, Li/Si, mAh/g(Si)")
    assert len(table) >= 8
    for percent, ratio, capacity in table:
        share = float(percent) / 100
        stoichiometry = share / (1 - share)
        assert float(ratio) == pytest.approx(stoichiometry, abs=0.00051)
        assert float(capacity.replace(" ", "")) == pytest.approx(stoichiometry * 96485.33212 / 3.6 / 28.085, abs=0.51)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small repository whose pages are all right."""
    (tmp_path / "docs" / "how-to").mkdir(parents=True)
    (tmp_path / "src").mkdir()
    (tmp_path / "Makefile").write_text("check: a\ntest: b\n")
    (tmp_path / "README.md").write_text(
        "# A title\n\n[x](docs/a.md#two-words) [y](#a-title) [w](https://x.org)\n`make check`\n"
    )
    (tmp_path / "CONTRIBUTING.md").write_text(
        "To make sure: `make PYTHON=python3.12 test`, `src/NAME.py`, `Makefile`\n"
    )
    (tmp_path / "docs" / "a.md").write_text("## Two words!\n```\nmake test\n[no](link.md)\n```\n")
    return tmp_path


def test_pages_that_are_all_right_pass(site):
    (site / "src" / "a.py").write_text('"""See docs/a.md."""')
    assert link_faults(site) + target_faults(site) + path_faults(site) == []
    assert mention_faults(site, [site / "src" / "a.py"]) == []


def test_an_equation_that_is_not_there_is_seen(site):
    (site / "docs" / "theory").mkdir()
    (site / "docs" / "theory" / "a.md").write_text("```\n(1)   a = b\n```\n")
    (site / "src" / "a.py").write_text('"""docs/theory/a.md (1), (2)."""')
    assert citation_faults(site, [site / "src" / "a.py"]) == ["src/a.py cites docs/theory/a.md (2), which is not there"]


@pytest.mark.parametrize(
    "link", ["[x](gone.md)", "![x](gone.svg)", "[x](a.md#three-words)", "[x](#nothing)", '[x](gone.md "t")']
)
def test_a_link_to_nowhere_is_seen(site, link):
    (site / "docs" / "b.md").write_text(link)
    assert len(link_faults(site)) == 1


@pytest.mark.parametrize("text", ["`make dmeo`", "```sh\nmake PYTHON=x tset\n```\n", "Say `git pull && make chekc`."])
def test_a_target_that_is_not_there_is_seen(site, text):
    (site / "CONTRIBUTING.md").write_text(text)
    assert len(target_faults(site)) == 1


@pytest.mark.parametrize("text", ["`src/gone.py`", "`docs/gone/NAME.md`", "`gone.toml`", "```\nx\n```\n`tests/unit`"])
def test_a_file_that_a_how_to_page_makes_up_is_seen(site, text):
    (site / "docs" / "how-to" / "b.md").write_text(text)
    assert len(path_faults(site)) == 1


def test_a_page_that_the_code_makes_up_is_seen(site):
    (site / "src" / "a.py").write_text("# docs/gone.md and docs/a.md")
    assert len(mention_faults(site, [site / "src" / "a.py"])) == 1
