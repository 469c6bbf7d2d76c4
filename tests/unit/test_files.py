"""Reading TOML with the place of every fault, and saving so that a kill leaves the old file or the new."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from alloycell.errors import FormatError, StoreError
from alloycell.files import DEEPEST, LARGEST, read_toml, write_text

KILLS = 100

SAVING_AND_KILLING = """
import os, random, signal, sys, time
from pathlib import Path
from alloycell.cell import Cell

example, folder = Path(sys.argv[1]), Path(sys.argv[2])
first = Cell.load(example)
second = first.with_("negative.layers[1].thickness", "3 um")
path, chance = folder / "cell.toml", random.Random(1)
kept, began = [], time.perf_counter()
for cell in (first, second):
    cell.save(path)
    kept.append(path.read_bytes())
once = (time.perf_counter() - began) / 2
assert kept[0] != kept[1]
seen = set()
for _ in range(int(sys.argv[3])):
    child = os.fork()
    if child == 0:
        while True:
            first.save(path)
            second.save(path)
    time.sleep(0.002 + once * chance.uniform(0.0, 4.0))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = path.read_bytes()
    assert found in kept, found
    seen.add(kept.index(found))
Cell.load(path)
print(sorted(seen))
"""


def written(folder: Path, text: str | bytes) -> Path:
    """A file with ``text``."""
    path = folder / "cell.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")
def test_a_save_killed_a_hundred_times_leaves_the_old_file_or_the_new(tmp_path):
    example = Path(__file__).parents[2] / "examples" / "layered-silicon.toml"
    arguments = [str(example), str(tmp_path), str(KILLS)]
    done = subprocess.run(
        [sys.executable, "-c", SAVING_AND_KILLING, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[0, 1]"


def test_a_written_file_holds_its_text_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new folder" / "cell.toml"
    write_text(path, "name = 'Zelle µ'\n")
    write_text(path, "name = 'zwei'\n")
    assert path.read_text(encoding="utf-8") == "name = 'zwei'\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["cell.toml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    blocked = written(tmp_path, "format = 1")
    with pytest.raises(StoreError, match="cannot be written"):
        write_text(blocked / "inner.toml", "text")
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_text(target, "text")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cell.toml", "folder"]


def test_tables_are_read_as_they_are_written(tmp_path):
    path = written(tmp_path, '[negative]\nthickness = "12 um"\nlist = [1, 2.5]\n')
    assert read_toml(path) == {"negative": {"thickness": "12 um", "list": [1, 2.5]}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("format = 1\nthickness = 12 um\n", "line 2, column 16"),
        ("format = 1\n[negative\n", "line 2, column 10"),
        ('name = "open\n', "line 1, column 13"),
        ("format = 1\nformat = 2\n", "line 2"),
        ("a = [1, 2\n", "line 2"),
    ],
)
def test_a_fault_of_syntax_is_told_with_line_and_column(tmp_path, text, place):
    with pytest.raises(FormatError, match=place):
        read_toml(written(tmp_path, text))


def test_text_that_is_not_utf8_is_told_with_its_byte(tmp_path):
    with pytest.raises(FormatError, match=r"byte 8: not UTF-8"):
        read_toml(written(tmp_path, b'name = "\xff"\n'))


def test_a_folder_is_not_read_as_a_file(tmp_path):
    with pytest.raises(FormatError, match="is a folder"):
        read_toml(tmp_path)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    with pytest.raises(FormatError, match="more than 5 MB"):
        read_toml(written(tmp_path, b"#" * (LARGEST + 1)))


@pytest.mark.parametrize("depth", [DEEPEST + 1, 5000])
def test_a_file_nested_too_deeply_is_told_so(tmp_path, depth):
    with pytest.raises(FormatError, match="nested"):
        read_toml(written(tmp_path, "a = " + "[" * depth + "]" * depth))


def test_a_number_of_ten_thousand_digits_is_told_with_the_fix(tmp_path):
    with pytest.raises(FormatError, match="fewer digits"):
        read_toml(written(tmp_path, "a = " + "9" * 10000))
