"""Parse an action's form, from people and from scripts, and carry out the action."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.client_frames import NOT_UNDERSTOOD
from messaging.filtering import queries as filtering
from messaging.filtering.filters import filter_from
from trato import rate_limits
from trato.errors import Refused
from trato.local_times import parse_local
from trato.people import Person
from trato.responses import counter_from, key_from

from . import actions
from .frames import Outcome

# Each takes the person, the IDs of the conversations, and the other fields.
ACTS: dict[str, Callable[[Person, actions.Ids, QueryDict], Outcome]] = {
    "archive": lambda person, ids, data: actions.archive(person, ids, seen_from(data)),
    "unarchive": lambda person, ids, _data: actions.unarchive(person, ids),
    "star": lambda person, ids, _data: actions.star(person, ids),
    "unstar": lambda person, ids, _data: actions.unstar(person, ids),
    "snooze": lambda person, ids, data: actions.snooze(
        person, ids, time_from(data), seen_from(data)
    ),
    "wake": lambda person, ids, _data: actions.wake(person, ids),
    "mute": lambda person, ids, _data: actions.mute(person, ids),
    "unmute": lambda person, ids, _data: actions.unmute(person, ids),
    "mark_read": lambda person, ids, data: actions.mark_read(person, ids, seen_from(data)),
    "mark_unread": lambda person, ids, data: actions.mark_unread(
        person, ids, counter_from(data.get("sequence")) if data.get("sequence") else None
    ),
    "assign": lambda person, ids, data: actions.assign(
        person,
        ids,
        assignee_from(data, "user"),
        instead_of=[assignee_from(data, "expected")] if "expected" in data else (),
    ),
    "label": lambda person, ids, data: actions.label(person, ids, key_from(data.get("label", ""))),
    "unlabel": lambda person, ids, data: actions.unlabel(
        person, ids, key_from(data.get("label", ""))
    ),
    "settle": lambda person, ids, data: actions.settle(person, ids, seen_from(data)),
    "reopen": lambda person, ids, _data: actions.reopen(person, ids),
    "undo": lambda person, _ids, data: actions.undo(person, data.get("token", "")),
}


def perform(person: Person, data: QueryDict) -> Outcome:
    """Carry out the action that a form asks for.

    Raises:
        Refused: with a message for the field that is wrong; nothing was changed.
    """
    act = ACTS.get(data.get("act", ""))
    if act is None:
        raise Refused("invalid", NOT_UNDERSTOOD)
    return act(person, chosen(person, data), data)


def chosen(person: Person, data: QueryDict) -> list[int]:
    """Return the IDs of the conversations that a form is about.

    Raises:
        Http404, Refused: see `filtered`.
    """
    return filtered(person, data.get("filter", "")) if "filter" in data else ids_from(data)


def ids_from(data: QueryDict) -> list[int]:
    """Return the IDs of an action's conversations, each once. No conversation has the ID 0."""
    return list(dict.fromkeys(map(key_from, data.getlist("conversation"))))


def filtered(person: Person, query: str) -> list[int]:
    """Return the IDs of a filter's conversations; if there are too many, one more than allowed.

    Raises:
        Http404: see `filter_from`.
        Refused: `rate_limited` if the person searches too often.
    """
    scope = access.scope_of(person)
    wanted = filter_from(QueryDict(query.removeprefix("?")), scope)
    if wanted.words:
        rate_limits.hit("CONVERSATION_SEARCHES_PER_MINUTE", f"person-{person.pk}")
    return filtering.ids_of(scope, wanted, settings.ACT_CONVERSATIONS_MAX + 1)


def seen_from(data: QueryDict) -> dict[int, int]:
    """Parse the last message that the person has seen in each conversation, from `seen`, in order.

    Without a script, the inbox's form sends an `on_page` for each row of the page instead, whether
    or not it is chosen.

    Raises:
        Refused: `invalid` if there isn't one `seen` for each conversation.
    """
    seen = list(map(counter_from, data.getlist("seen")))
    ids = list(map(key_from, data.getlist("conversation")))
    if not seen:
        rows = (row.partition(":") for row in data.getlist("on_page"))
        on_page = {key_from(pk): counter_from(last) for pk, _colon, last in rows}
        return {pk: on_page[pk] for pk in ids if pk in on_page}
    if seen and len(seen) != len(ids):
        raise Refused("invalid", NOT_UNDERSTOOD)
    return dict(zip(ids, seen, strict=False))


def assignee_from(data: QueryDict, field: str) -> int | None:
    """Parse the ID of an assignee; None, for nobody, if it is empty. No person has the ID -1."""
    text = data.get(field)
    if text is None:
        raise Refused("invalid", _("Choose who takes care of it."))
    return (key_from(text) or -1) if text else None


def time_from(data: QueryDict) -> datetime:
    """Parse the end of a snooze: `until` with an offset, or `until_local` in the person's zone."""
    if local := data.get("until_local", ""):
        return parse_local(local)
    try:
        until = parse_datetime(data.get("until", ""))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise Refused("invalid", _("Enter a day and a time."))
    return until
