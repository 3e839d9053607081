"""Undo tokens: what an action has changed, signed for the person who did it.

The server stores nothing: the token has the values before and after the action, and an undo
restores those that nobody has changed since.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from trato.errors import Refused
from trato.people import Person

SALT = "messaging.triage.undo"


class Change(NamedTuple):
    """A change to one conversation by an action: values before and after, in the same order."""

    conversation: int
    before: list[Any]
    after: list[Any]


class Undo(NamedTuple):
    """A token's content: the kind of values, which values, and the changes."""

    kind: str
    what: list[Any]
    changes: list[Change]


def undo(actor: Person, kind: str, what: Sequence[Any], changes: Iterable[Change]) -> str:
    """Return the token with which a person may undo changes."""
    rows = [[pk, _plain(before), _plain(after)] for pk, before, after in changes]
    return signing.dumps([actor.pk, kind, list(what), rows], salt=SALT, compress=True)


def read(actor: Person, token: str) -> Undo:
    """Return a token's content.

    Raises:
        Refused: `invalid` if the token is too old, belongs to somebody else or isn't one of ours.
    """
    age = settings.UNDO_SECONDS + settings.UNDO_GRACE_SECONDS
    try:
        user_id, kind, what, rows = signing.loads(token, salt=SALT, max_age=age)
    except signing.BadSignature as error:
        raise _too_late() from error
    if user_id != actor.pk:
        raise _too_late()
    changes = [Change(pk, _values(before), _values(after)) for pk, before, after in rows]
    return Undo(kind, what, changes)


def _too_late() -> Refused:
    return Refused("invalid", _("It's too late to undo that. Nothing was changed."))


def _plain(values: Iterable[Any]) -> list[Any]:
    return [{"at": one.isoformat()} if isinstance(one, datetime) else one for one in values]


def _values(plain: Iterable[Any]) -> list[Any]:
    return [datetime.fromisoformat(one["at"]) if isinstance(one, dict) else one for one in plain]
