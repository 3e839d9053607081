"""Why something was not done, in words for the person and a code for the program."""

from collections.abc import Callable
from typing import Literal, cast

from django.utils.functional import Promise, lazy
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


class Refused(Exception):
    """An action that was not carried out; nothing was stored.

    Args:
        code: one of the design's error codes.
        detail: a sentence for the person, translated when it is shown.
        retry_after: seconds to wait before trying again, for `rate_limited`.
    """

    def __init__(self, code: Code, detail: str | Promise, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code: Code = code
        self.detail = detail
        self.retry_after = retry_after


def conflict() -> Refused:
    """The refusal of other words under a `client_id` that is taken."""
    text = _("This was sent before with other words. Send these as a new message.")
    return Refused("conflict", text)


def when_shown(text: Callable[[], str]) -> Promise:
    """A text that is made, and so translated, where somebody is shown it."""
    return cast(Promise, lazy(text, str)())
