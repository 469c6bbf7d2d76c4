"""The page: one file that needs nothing else, escaped, repeatable, and complete."""

from __future__ import annotations

import dataclasses
import re
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.errors import RangeError, StoreError
from alloycell.report import report_html, write_report
from alloycell.report.templating import file_name
from alloycell.studies import study

VOID = {"meta", "br", "use", "path", "rect", "circle", "img", "hr", "link", "input"}


class Reader(HTMLParser):
    """Collects tags, identifiers and addresses, and remembers what was opened and not closed."""

    def __init__(self):
        super().__init__()
        self.tags, self.identifiers, self.addresses, self.open, self.stray = set(), [], [], [], []

    def handle_starttag(self, tag, attrs):
        """A tag that opens."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """A tag that opens and closes at once."""
        self.tags.add(tag)
        self.identifiers += [value for name, value in attrs if name == "id"]
        self.addresses += [value for name, value in attrs if name in ("href", "src", "xlink:href", "data", "action")]

    def handle_endtag(self, tag):
        """A tag that closes."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.stray.append(tag)


def read(text):
    """The page as :class:`Reader` sees it."""
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_report_is_one_file_that_asks_for_nothing_else(page):
    reader = read(page)
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert all(
        address.startswith(("#", "https://doi.org/10.", "data:image/png;base64,")) for address in reader.addresses
    )
    assert "@import" not in page
    assert set(re.findall(r"url\((.)", page)) == {"#"}


def test_every_tag_is_closed_in_order_and_no_identifier_is_used_twice(page, bare):
    for text in (page, report_html(bare)):
        reader = read(text)
        assert (reader.open, reader.stray) == ([], [])
        assert len(set(reader.identifiers)) == len(reader.identifiers)
        inner = {address[1:] for address in reader.addresses if address.startswith("#")}
        assert inner | set(re.findall(r"url\(#([^)]*)\)", text)) <= set(reader.identifiers)


def test_the_same_study_gives_the_same_text_byte_by_byte(layered, page):
    assert report_html(layered) == page


def test_what_a_person_wrote_is_text_and_nothing_else(bare_design):
    nasty = '<script>alert("1")</script> & $x_{1}$ {{ 7 * 7 }} <img src=x onerror=y>'
    side = bare_design["negative"]
    named = {**side, "layers": [{**side["layers"][0], "name": nasty}]}
    cell = Cell.of({**bare_design, "name": nasty, "question": nasty, "negative": named})
    text = report_html(study(cell, []))
    assert "<script" not in text
    assert "<img" not in text
    assert escape(nasty, quote=False) in text.replace("&#34;", '"')
    assert read(text).stray == []


def test_a_batch_is_refused_by_name(layered):
    batch = layered.cell.with_("negative.layers[1].thickness", np.array([1e-6, 2e-6]))
    with pytest.raises(RangeError, match="one design"):
        report_html(dataclasses.replace(layered, cell=batch))


def test_the_file_is_named_after_the_design_and_replaces_an_older_one(bare, tmp_path):
    path = write_report(bare, tmp_path / "new folder")
    assert path == tmp_path / "new folder" / "graphite.html"
    path.write_text("old")
    assert write_report(bare, tmp_path / "new folder").read_text(encoding="utf-8") == report_html(bare)
    assert [entry.name for entry in path.parent.iterdir()] == ["graphite.html"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Silicon film on graphite, LiMn2O4", "silicon-film-on-graphite-limn2o4.html"),
        ("Zelle Nr. 5 für Prüfung", "zelle-nr-5-fur-prufung.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        ("", "cell.html"),
        ("電池", "cell.html"),
        ("x" * 300, "x" * 80 + ".html"),
    ],
)
def test_a_file_name_is_plain_whatever_the_design_is_called(name, file):
    assert file_name(name) == file


def test_a_folder_that_cannot_be_written_is_told(bare, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="cannot be written"):
        write_report(bare, tmp_path / "taken")


def test_every_clause_stands_with_its_decided_reading(layered, page):
    for verdict in layered.verdicts:
        for clause in verdict.clauses:
            assert clause.name in page
            assert escape(clause.reading, quote=False)[:40] in page.replace("&#39;", "'")
    assert "nothing here is legal advice" in page


def test_every_assumption_and_source_is_on_the_page(layered, page):
    assert layered.assumptions
    for assumption in layered.assumptions:
        assert escape(assumption.where) in page
    for source in layered.sources:
        assert escape(source.title, quote=False) in page.replace("&#39;", "'")
        assert source.doi in page


def test_the_evidence_gives_closure_key_and_version(layered, page):
    assert layered.cell.key in page
    assert re.search(r"closes to \d\.\de[-−]\d\d", page)
    assert re.search(r"alloycell (\d+\.\d+|not installed)", page)


def test_sections_without_a_subject_are_left_out_or_say_so(bare, page):
    text = report_html(bare)
    assert "this negative has no alloy layer" in text
    assert "the design states no case" in text
    for heading in ("Lithium dose", "Operating window", "Bill of materials</h2>"):
        assert heading in page
        assert heading not in text
    assert "None" not in re.sub(r"<[^>]*>", "", text)
    assert "nan" not in re.sub(r"<[^>]*>", " ", text).split()


def test_the_page_of_a_design_that_is_written_now_is_the_page_of_the_same_design_loaded_anew(bare, bare_design):
    assert report_html(study(Cell.of(bare_design), [])) == report_html(bare)
