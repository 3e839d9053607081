"""What somebody has typed and chosen in a form that is refused, to be given back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import ShopMember
from messaging.models import Label, Report
from messaging.opening_hours.forms import DAYS, day_names
from notifications.announcements.forms import TEXT_FIELDS

# We never give back passwords, codes and keys, nor what the page itself has put into the form.
WORDS = (
    "title", "body", "description", "words", "until_words", "reason", "alt", "name",
    "clause", "explanation", "note", "label_en", "label_es", *TEXT_FIELDS,
)  # fmt: skip
SHORT: dict[str, str | Promise] = {
    "short": _("Shortcut"),
    "amount": _("Price"),
    "currency": _("Currency"),
    "stock": _("In stock"),
    "city": _("City"),
    "slug": _("Address of your shop's page"),
    "time_zone": _("Time zone"),
    "email": _("Email"),
    "send_at": _("When"),
    "until": _("Until"),
    "until_local": _("Until"),
    "day": _("Day"),
}
# The labels of what is chosen. Others, such as a category, are only known to the database.
CHOICES: dict[str, tuple[str | Promise, dict[Any, Any]]] = {
    "reason": (_("Reason"), dict(Report.Reason.choices)),
    "role": (_("What can they do?"), dict(ShopMember.Role.choices)),
    "colour": (_("Colour"), dict(Label.Colour.choices)),
}


def typed_in(request: HttpRequest) -> list[str]:
    """Return what somebody has typed in the posted form; nothing if another site posts it.

    What is short comes together, in lines with names.
    """
    try:
        origin = request.headers.get("Origin")
        if request.method != "POST" or (origin and urlsplit(origin).netloc != request.get_host()):
            return []
        data = {name: str(request.POST[name]) for name in request.POST}
        short = "\n".join(f"{name}: {text}" for name, text in _short(data))
        return [*_words(data), *([short] if short else [])]
    except Exception:  # whatever is wrong with the request, it gets a response
        return []


def _words(data: dict[str, str]) -> Iterator[str]:
    for name in WORDS:
        if data.get(name) and not _is_choice(name, data[name]):
            yield data[name]


def _short(data: dict[str, str]) -> Iterator[tuple[str | Promise, str]]:
    for name, label in [*SHORT.items(), *zip(DAYS, day_names(), strict=True)]:
        if data.get(name):
            yield label, data[name]
    for name, (label, choices) in CHOICES.items():
        if _is_choice(name, data.get(name, "")):
            yield label, choices[data[name]]


def _is_choice(name: str, value: str) -> bool:
    return name in CHOICES and value in CHOICES[name][1]
