"""Find what somebody typed and chose in a form that we refuse, to show it to them again."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, Shop, ShopMember
from messaging.models import AlertChoice, Decision, Label, Report
from messaging.opening_hours.forms import DAYS, day_names
from messaging.opening_hours.public_holidays import countries
from notifications.announcements.forms import TEXT_FIELDS
from trato.responses import key_from

# We never show passwords, codes or keys again, or what the page itself put into the form.
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
    "shop_name": _("Your shop's name"),
}
# Fields with choices: their labels, and the choices' labels.
CHOICES: dict[str, tuple[str | Promise, dict[Any, Any]]] = {
    "reason": (_("Reason"), dict(Report.Reason.choices)),
    "role": (_("What can they do?"), dict(ShopMember.Role.choices)),
    "colour": (_("Colour"), dict(Label.Colour.choices)),
    "level": (_("Which messages of shoppers alert you"), dict(AlertChoice.Level.choices)),
    "language": (_("Language"), dict(settings.LANGUAGES)),
    "measure": (_("Measure"), dict(Decision.Measure.choices)),
    "ground": (_("Ground"), dict(Decision.Ground.choices)),
}
# Fields whose choices are rows that everybody may see: their labels, and the rows.
ROWS: dict[str, tuple[str | Promise, Callable[[], QuerySet[Any]]]] = {
    "shop": (_("Shop"), lambda: Shop.objects.filter(closed_at=None)),
    "category": (_("Category"), Category.objects.all),
}


def typed_in(request: HttpRequest, *, with_rows: bool = True) -> list[str]:
    """Return what was typed into the posted form; nothing if another site posted it.

    Short values are joined into one text, one labelled line each.

    Args:
        with_rows: whether the database may be queried for the names of chosen rows.
    """
    try:
        origin = request.headers.get("Origin")
        if request.method != "POST" or (origin and urlsplit(origin).netloc != request.get_host()):
            return []
        data = {name: str(request.POST[name]) for name in request.POST}
        short = "\n".join(f"{name}: {text}" for name, text in _short(data, with_rows))
        return [*_words(data), *([short] if short else [])]
    except Exception:  # whatever is wrong with the request, it gets a response
        return []


def _words(data: dict[str, str]) -> Iterator[str]:
    for name in WORDS:
        if data.get(name) and not _is_choice(name, data[name]):
            yield data[name]


def _short(data: dict[str, str], with_rows: bool) -> Iterator[tuple[str | Promise, str]]:
    if with_rows:
        yield from _rows(data)
    for name, label in [*SHORT.items(), *zip(DAYS, day_names(), strict=True)]:
        if data.get(name):
            yield label, data[name]
    for name, (label, choices) in CHOICES.items():
        if _is_choice(name, data.get(name, "")):
            yield label, choices[data[name]]
    if country := dict(countries(get_language() or "en")).get(data.get("country", "")):
        yield _("Country"), country


def _rows(data: dict[str, str]) -> Iterator[tuple[str | Promise, str]]:
    try:
        for name, (label, rows) in ROWS.items():
            if pk := key_from(data.get(name, "")):
                for row in rows().filter(pk=pk):
                    yield label, str(row)
    except DatabaseError:  # show the text again all the same
        return


def _is_choice(name: str, value: str) -> bool:
    return name in CHOICES and value in CHOICES[name][1]
