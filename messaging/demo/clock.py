"""Times of the demo's messages: in waking hours and before now."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("Europe/Madrid")
WAKES, SLEEPS = time(8, 0), time(22, 30)
DAY = 14 * 60 + 30  # waking minutes


def morning(days: int) -> datetime:
    """Return nine o'clock some days from now."""
    day = timezone.localdate(timezone=ZONE) + timedelta(days=days)
    return datetime.combine(day, time(9), ZONE)


class WakingClock:
    """Counts back from now in waking minutes.

    So the demo is the same at any time of day, apart from the dates.
    """

    def __init__(self, now: datetime) -> None:
        local = now.astimezone(ZONE)
        if local.time() < WAKES:
            local -= timedelta(days=1)
            local = datetime.combine(local, SLEEPS, ZONE)
        self.latest = min(local, datetime.combine(local, SLEEPS, ZONE))

    def ago(self, minutes: float) -> datetime:
        return self.before(self.latest, minutes)

    def before(self, moment: datetime, minutes: float) -> datetime:
        """Return the time some waking minutes before another one."""
        awake = (moment - datetime.combine(moment, WAKES, ZONE)).total_seconds() / 60
        while minutes > awake:
            minutes -= awake
            moment = datetime.combine(moment - timedelta(days=1), SLEEPS, ZONE)
            awake = DAY
        return moment - timedelta(minutes=minutes)

    def times(self, dice: random.Random, ended: float, days: Sequence[int]) -> list[datetime]:
        """Return when each message of a conversation was written.

        After a pause of days people write in the morning; the last messages lead up to the end.

        Args:
            ended: waking minutes from the last message to now.
            days: how many days pass before each message.
        """
        gaps = [dice.triangular(1, 55, 4) for _ in days]
        starts = [number for number, pause in enumerate(days) if pause and number]
        written: list[datetime] = []
        moment = self.ago(ended)
        for number in reversed(range(starts[-1] if starts else 0, len(days))):
            written.insert(0, moment)
            moment = self.before(moment, gaps[number])
        for start, end in reversed(list(zip([0, *starts], starts, strict=False))):
            date = written[0] - timedelta(days=days[end])
            moment = datetime.combine(date, time(8, 40), ZONE) + timedelta(
                minutes=dice.randint(0, 100)
            )
            block = []
            for number in range(start, end):
                block.append(moment)
                moment += timedelta(minutes=gaps[number])
            written = [*block, *written]
        return written
