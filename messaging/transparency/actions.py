"""Store the counts of finished months, before retention deletes rows."""

from datetime import timedelta

from django.conf import settings

from messaging.models import ModerationMonth

from . import queries


def due(limit: int) -> int:
    """Store the latest finished month that isn't stored yet, see `messaging.sweeps`."""
    months = settings.MODERATION_MONTHS_LATER
    stored = set(ModerationMonth.objects.values_list("month", flat=True)[:months])
    month = queries.this_month()
    for _number in range(months):
        month = (month - timedelta(days=1)).replace(day=1)
        if month not in stored:
            figures = queries.count(month)
            ModerationMonth.objects.get_or_create(month=month, defaults={"figures": figures})
            return 1
    return 0
