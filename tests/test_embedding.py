"""The code in docs/embedding.md is the code of the other shop in `tests/host/`."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The last file named before a block is where its lines come from.
BLOCK = re.compile(r"```(?:python|django)\n(.*?)```", re.DOTALL)
FILE = re.compile(r"`(tests/host/[\w./]+\.(?:py|html))`")
OF_THE_READER = "/srv/trato"  # a path on the reader's machine


def blocks() -> list[tuple[str, list[str]]]:
    """Return the file and the lines of each block."""
    text = (ROOT / "docs/embedding.md").read_text()
    return [
        (FILE.findall(text[: block.start()])[-1], block[1].splitlines())
        for block in BLOCK.finditer(text)
    ]


def first_missing(lines: list[str], source: str) -> str | None:
    """Return the first line that doesn't follow the previous lines in the source; order counts."""
    there = iter(line.replace("tests.host.", "") for line in source.splitlines())
    for line in lines:
        if line and OF_THE_READER not in line and line not in there:
            return line
    return None


def test_the_page_shows_the_files_of_the_other_shop() -> None:
    assert [Path(name).name for name, _lines in blocks()] == [
        "host.py", "settings.py", "urls.py", "asgi.py", "base.html", "item.html"
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "lines"), blocks(), ids=[name for name, _ in blocks()])
def test_each_line_of_a_block_is_in_its_file(name: str, lines: list[str]) -> None:
    assert first_missing(lines, (ROOT / name).read_text()) is None


def test_a_line_that_is_not_there_or_elsewhere_is_noticed() -> None:
    source = "from tests.host.people import b\na = 1\nc = 2\n"
    assert first_missing(["from people import b", "", "c = 2"], source) is None
    assert first_missing(["c = 2", "a = 1"], source) == "a = 1"
    assert first_missing(["a = 3"], source) == "a = 3"
