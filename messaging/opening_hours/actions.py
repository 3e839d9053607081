"""Change a shop's opening hours. Only its managers may."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from messaging import access
from messaging.host import Shop, host
from messaging.models import OpeningHours
from trato.people import Person

from .public_holidays import public_holidays
from .schedule import Week

NAME_MAX = 60  # characters


@transaction.atomic
def set_week(actor: Person, shop_id: int, week: Week) -> None:
    """Set the hours of each weekday. Without any, the shop is always open.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor may not change the shop's hours.
    """
    row = _locked(access.own_shop(actor, shop_id, manage=True))
    row.week = [list(map(list, spans)) for spans in week] if any(week) else []
    row.save()


@transaction.atomic
def add_day_off(actor: Person, shop_id: int, day: date, name: str) -> None:
    """Add a day off, or rename it.

    Raises:
        ValidationError: the day has passed or is too far away, or the shop has too many days off.
        Http404, PermissionDenied: as in `set_week`.
    """
    shop = access.own_shop(actor, shop_id, manage=True)
    if day < today(shop):
        raise ValidationError({"day": _("That day has passed.")})
    if day > today(shop) + timedelta(days=settings.DAYS_OFF_AHEAD_DAYS):
        raise ValidationError({"day": _("This day is too far away.")})
    _add(_locked(shop), {day: name}, today(shop))


@transaction.atomic
def remove_day_off(actor: Person, shop_id: int, day: date) -> None:
    """Remove a day off, if it is one. Raises the same exceptions as `set_week`."""
    row = _locked(access.own_shop(actor, shop_id, manage=True))
    if row.days_off.pop(day.isoformat(), None) is not None:
        row.save()


@transaction.atomic
def add_holidays(actor: Person, shop_id: int, country: str) -> int:
    """Add the public holidays of a country in the coming year; return how many are new.

    Days that the shop has named itself keep their names.

    Raises:
        ValidationError: the country has no holidays that we know of, or the shop would have too
            many days off.
        Http404, PermissionDenied: as in `set_week`.
    """
    shop = access.own_shop(actor, shop_id, manage=True)
    row = _locked(shop)
    rows = public_holidays(country, today(shop), get_language() or "en")
    if not rows:
        raise ValidationError(_("We know of no public holidays there in the coming year."))
    new = {day: name for day, name in rows.items() if day.isoformat() not in row.days_off}
    _add(row, new, today(shop))
    return len(new)


def today(shop: Shop) -> date:
    """Return today's date in the shop's time zone."""
    return timezone.localdate(timezone=ZoneInfo(host.shop_time_zone(shop)))


def _add(row: OpeningHours, days: Mapping[date, str], today: date) -> None:
    kept = (today - timedelta(days=settings.DAYS_OFF_KEEP_DAYS)).isoformat()
    rows = {day: name for day, name in row.days_off.items() if day >= kept}
    rows |= {day.isoformat(): Truncator(name).chars(NAME_MAX) for day, name in days.items()}
    if sum(day >= today.isoformat() for day in rows) > settings.DAYS_OFF_MAX:
        raise ValidationError(
            _("At most %(number)s days off. Remove some first.") % {"number": settings.DAYS_OFF_MAX}
        )
    row.days_off = dict(sorted(rows.items()))
    row.save()


def _locked(shop: Shop) -> OpeningHours:
    """Return the shop's row, locked until the transaction ends."""
    OpeningHours.objects.get_or_create(shop_id=shop.pk)
    row = OpeningHours.objects.select_for_update(no_key=True).get(shop_id=shop.pk)
    row.changed_at = timezone.now()
    return row
