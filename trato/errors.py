"""Refusals: a sentence for people and a code for programs."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, cast

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Code = Literal[
    "invalid",
    "not_found",
    "forbidden",
    "too_long",
    "rate_limited",
    "blocked",
    "conflict",
    "unavailable",
]


# The errors for writing to a full disk, over quota, or beyond the maximum file size.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Refused(Exception):
    """An action that was refused; nothing was stored.

    Args:
        code: one of the error codes in docs/protocol.md.
        detail: a sentence for the person, translated when displayed.
        retry_after: seconds to wait before trying again, for `rate_limited`.
    """

    # For clients: why a message was questioned, and what its writer may do.
    shield: Any = None

    def __init__(self, code: Code, detail: str | Promise, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code: Code = code
        self.detail = detail
        self.retry_after = retry_after


class Missing(Http404):
    """Something of the person's own that no longer exists, such as a reply a colleague deleted.

    The response is the same for other people's objects, which must look as if they didn't exist.

    Args:
        detail: a sentence for the person, translated when displayed.
        page: the URL of a page from which the person can continue.
        link: what the link to it says, instead of "Back".
    """

    def __init__(
        self, detail: str | Promise, page: str | Promise, link: str | Promise = ""
    ) -> None:
        super().__init__(str(page))
        self.detail, self.page, self.link = detail, page, link


@contextmanager
def missing(detail: str | Promise, page: str | Promise, link: str | Promise = "") -> Iterator[None]:
    """Decorate a view: say what is missing and where to go next, instead of a bare Http404."""
    try:
        yield
    except Missing:
        raise
    except Http404 as error:
        raise Missing(detail, page, link) from error


def conflict() -> Refused:
    """Return the refusal of different text under a `client_id` that was used before."""
    text = _("You've already sent this with different text. Send it as a new message.")
    return Refused("conflict", text)


def ended() -> Refused:
    """Return the refusal of a message in a conversation that has ended."""
    return Refused("forbidden", _("This conversation has ended. You can't write here any more."))


def unavailable() -> Refused:
    """Return the refusal of an action that may succeed a moment later."""
    return Refused("unavailable", _("That isn't possible right now. Try again in a moment."))


def no_room() -> Refused:
    """Return the refusal of a file for which the disk has no room."""
    return Refused("unavailable", _("There is no room for files right now. Try again later."))


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error means that a disk is full, for example the one that holds uploads."""
    return isinstance(error, OSError) and error.errno in FULL


def undelivered() -> Refused:
    """Return the refusal for people whom the other side has blocked. It gives no reason."""
    return Refused("blocked", _("This message could not be delivered."))


def when_shown(text: Callable[[], str]) -> Promise:
    """Return a text that is formatted and translated only when it is displayed."""
    return cast(Promise, lazy(text, str)())


class AlreadyDone(ValidationError):
    """Somebody has already done this. Nothing was changed or recorded.

    Args:
        what: the current state, as a sentence.
        by: who did it, if known.
        at: when.
    """

    def __init__(self, what: str, by: Any = None, at: datetime | None = None) -> None:
        self.by, self.at = by, at
        parts = [what, gettext("Nothing was changed.")]
        if by and at:
            time = date_format(timezone.localtime(at), "j M Y, G:i T")
            parts.insert(1, gettext("%(name)s did that on %(time)s.") % {"name": by, "time": time})
        super().__init__(" ".join(parts), code="already_done")
