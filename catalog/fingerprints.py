"""Rows that several people may edit at once: a form writes only what its author changed.

The form contains fingerprints of the columns from when it was shown. If a colleague has changed the
same column meanwhile, nothing is stored and the form asks. `trato.merging_forms` does the same for
forms without a row of their own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models


class FingerprintedRow(models.Model):
    """A row whose form contains fingerprints of its `FORM_COLUMNS`."""

    FORM_COLUMNS: ClassVar[tuple[str, ...]] = ()
    # Columns that belong together: if one has changed, they all count as changed.
    TOGETHER: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def fingerprints(self) -> dict[str, str]:
        """Return a fingerprint of each column in the form, which changes with the column."""
        return {name: fingerprint(getattr(self, name)) for name in self.FORM_COLUMNS}


class ChangedMeanwhile(Exception):
    """A colleague has changed the same columns of a row since the form was shown.

    Nothing was stored. `row` has the current values.
    """

    def __init__(self, row: FingerprintedRow, columns: Sequence[str]) -> None:
        super().__init__(", ".join(columns))
        self.row, self.columns = row, columns


def fingerprint(value: object) -> str:
    """Return a short fingerprint of a column's value; for a row, of its key."""
    text = str(value.pk if isinstance(value, models.Model) else value)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def set_changed(
    row: FingerprintedRow, values: Mapping[str, Any], seen: Mapping[str, str]
) -> list[str]:
    """Set the columns that somebody has changed, and return their names.

    Args:
        row: the row as it is now, locked.
        values: the form's values of its columns.
        seen: `fingerprints` from when the form was shown; a column missing there counts as changed.

    Raises:
        ChangedMeanwhile: a colleague has changed a column to something else since.
    """
    wanted = {name: fingerprint(value) for name, value in values.items()}
    changed = [name for name, mark in wanted.items() if mark != seen.get(name)]
    if {*row.TOGETHER} & {*changed}:
        changed = [*{*changed, *row.TOGETHER}]
    now = row.fingerprints()
    lost = [
        name for name in changed if name in seen and now[name] not in (seen[name], wanted[name])
    ]
    if lost:
        raise ChangedMeanwhile(row, lost)
    for name in changed:
        setattr(row, name, values[name])
    return changed
