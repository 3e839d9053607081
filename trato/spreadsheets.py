"""CSV for people who open it in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"  # at the start of a file; otherwise Excel misreads UTF-8
# What a spreadsheet takes for the start of a formula, also in full-width East Asian forms.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Return a cell as text that no spreadsheet runs: put an apostrophe before a formula."""
    text = "" if value is None else str(value)
    is_formula = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV, in which every cell is safe."""
    target = StringIO()
    csv.writer(target).writerows([safe_cell(cell) for cell in row] for row in rows)
    return target.getvalue()
