"""Whatever a file is called, its name in the ZIP is harmless and unique."""

import io
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from messaging.exports.names import cleaned, name_in_archive
from trato.text import BIDI_CONTROLS

NAMES = st.one_of(
    st.text(max_size=150),
    st.text(alphabet='./\\:*?"<>| \u202e\u0000\nCONaé', max_size=40),
    st.sampled_from(["CON", "nul.jpg", "..", "../../etc/passwd", "C:\\x.jpg", "a.jpg ", "-rf"]),
)


@given(NAMES, st.integers(1, 10**6), st.integers(0, 5))
@example("\u202egpj.exe", 1, 0)
@example("é" * 120, 1, 0)
def test_a_name_is_one_harmless_file_in_the_folder(name: str, sequence: int, position: int) -> None:
    path = name_in_archive(sequence, position, name, "jpg")
    for kind in (PurePosixPath, PureWindowsPath):
        folder, file = kind(path).parts
        assert folder == "files"
        assert re.fullmatch(rf"{sequence}-{position + 1}( [^ .].*)?\.jpg", file), file
    assert not set(path) & {*BIDI_CONTROLS, *'<>:"\\|?*'}
    assert not any(unicodedata.category(character)[0] == "C" for character in path)
    assert len(file.encode()) <= 200
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(path, b"x")
    assert zipfile.ZipFile(archive).namelist() == [path]


@given(st.lists(st.tuples(NAMES, st.integers(1, 9), st.integers(0, 5)), max_size=20))
def test_no_two_files_have_one_name_even_where_case_does_not_count(
    files: list[tuple[str, int, int]],
) -> None:
    places = {(sequence, position) for _name, sequence, position in files}
    paths = {
        name_in_archive(sequence, position, name, "jpg").casefold()
        for (sequence, position), name in {
            (sequence, position): name for name, sequence, position in files
        }.items()
    }
    assert len(paths) == len(places)


def test_the_name_that_people_see_stays_readable() -> None:
    assert name_in_archive(12, 0, "La taza azul.jpg", "jpg") == "files/12-1 La taza azul.jpg"
    assert name_in_archive(12, 1, "反物.final.pdf", "pdf") == "files/12-2 反物.final.pdf"
    assert cleaned("Barro & Sal / Taller", 80) == "Barro & Sal _ Taller"
