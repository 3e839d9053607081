"""Deletion of accounts: each app defines what happens to its own rows.

The setting `DELETION_PARTS` lists the `Part`s. Deleting an account locks the person's row,
anonymizes it and then carries out the parts in that order, in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Hindrance:
    """An obstacle to deleting an account now: a sentence, and a link to resolve it."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class Part:
    """One app's part in deleting an account.

    Args:
        relations: every foreign key to the user model in the app, as `app_label.Model.field`, with
            what happens to its rows. A test compares them with the models.
        erase: deletes or empties the rows. Takes the person as they were before the deletion;
            must be idempotent, and lock rows in the order of docs/decisions/0013-lock-order.md.
        lock: locks rows that come before the person in that order.
        lock_owned: locks the rows that hindrances depend on, right after the person's row.
        hindrances: returns reasons why the person can't delete the account.
        consequences: returns sentences on what else happens to what this person owns.
    """

    relations: Mapping[str, str] = field(default_factory=dict)
    erase: Callable[[Any], object] = lambda person: None
    lock: Callable[[Any], object] = lambda person: None
    lock_owned: Callable[[Any], object] = lambda person: None
    hindrances: Callable[[Any], Sequence[Hindrance]] = lambda person: ()
    consequences: Callable[[Any], Sequence[str]] = lambda person: ()


def parts() -> list[Part]:
    """Return the parts of all apps, in the order in which they are carried out."""
    return [import_string(path) for path in settings.DELETION_PARTS]
