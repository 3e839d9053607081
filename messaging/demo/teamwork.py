"""The rest of the demo seller's teamwork: notes, a message for later, hours."""

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from messaging.demo import clock
from messaging.demo.rows import Talk
from messaging.host import host
from messaging.models import AwayWords, Note, OpeningHours, ScheduledMessage, TeamState
from messaging.notes.mentions import mentioned
from messaging.notes.notices import notify_mentioned
from messaging.opening_hours.public_holidays import country_of, public_holidays

NOTED_AFTER = timedelta(minutes=3)  # after a message, and after the note before
# In minutes since midnight, from Monday; on Fridays with a break for lunch.
WEEK = [
    *[[[9 * 60, 21 * 60]]] * 4,
    [[9 * 60, 14 * 60], [16 * 60, 21 * 60]],
    [[10 * 60, 20 * 60]],
    [[11 * 60, 14 * 60]],
]
# The team answers in both languages.
AWAY = """
Thank you for writing to {shop}! The workshop is closed at the moment. We read everything when we\
 open again, and answer in the order in which you wrote.

¡Gracias por escribirnos! Ahora mismo el taller está cerrado. Al abrir lo leemos todo y respondemos\
 por orden de llegada.
"""


def store_teamwork(talks: Iterable[Talk], languages: dict[int, str], dice: random.Random) -> None:
    """Store what the team has done with its conversations, its hours and its automatic reply.

    Args:
        talks: of one shop, stored.
        languages: the language in which each person writes, by their ID.
    """
    own = list(talks)
    notes = [note for talk in own for note in _notes(talk, dice)]
    Note.objects.bulk_create(notes)
    last = {note.conversation_id: note.number for note in notes}
    TeamState.objects.bulk_create(
        TeamState(conversation_id=pk, team_revision=number) for pk, number in last.items()
    )
    for note in notes:
        if note.mentions:
            notify_mentioned(note)
    ScheduledMessage.objects.bulk_create(row for talk in own for row in _scheduled(talk, dice))
    _store_hours(own[0], languages[min(own[0].team)])


def _notes(talk: Talk, dice: random.Random) -> Iterator[Note]:
    number, team, shop_id = 0, sorted(talk.team), talk.conversation.shop_id
    for line, time in zip(talk.lines, talk.times, strict=True):
        for place, (member, text) in enumerate(line.notes, start=1):
            number += 1
            yield Note(
                conversation=talk.conversation,
                number=number,
                team_revision=number,
                client_id=uuid.UUID(int=dice.getrandbits(128), version=4),
                author_id=team[member],
                body=text,
                mentions=mentioned(text, shop_id, team[member]),
                created_at=time + place * NOTED_AFTER,
            )


def _scheduled(talk: Talk, dice: random.Random) -> Iterator[ScheduledMessage]:
    if talk.lines[-1].later:
        days, text = talk.lines[-1].later
        yield ScheduledMessage(
            conversation=talk.conversation,
            author_id=talk.answering.pk,
            body=text,
            send_at=clock.morning(days),
            after_sequence=len(talk.lines),
            client_id=uuid.UUID(int=dice.getrandbits(128), version=4),
        )


def _store_hours(talk: Talk, language: str) -> None:
    shop = host.shop_of(talk.product)
    zone = host.shop_time_zone(shop)
    today = timezone.localdate(timezone=ZoneInfo(zone))
    days_off = public_holidays(country_of(zone), today, language)
    OpeningHours.objects.create(
        shop_id=shop.pk,
        week=WEEK,
        days_off={day.isoformat(): name for day, name in days_off.items()},
    )
    words = AWAY.format(shop=host.shop_name(shop)).strip()
    AwayWords.objects.create(shop_id=shop.pk, is_on=True, words=words)
