"""Notifications for tests and for the demo shop."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from trato.clock import database_now

from .announcements.models import Audience
from .announcements.queries import newest_person
from .models import CONVERSATION, Announcement, News, Notification


class NewsFactory(DjangoModelFactory[News]):
    """The news about a subject. The same audience gets the same row again."""

    class Meta:
        model = News
        django_get_or_create = ("subject_kind", "subject_id", "team_id")

    subject_kind = "conversation"
    subject_id = 1
    team_id = 0
    title = "News"
    url = "/"


class NotificationFactory(DjangoModelFactory[Notification]):
    """A notification for `recipient=`; `news__…=` sets fields of its news."""

    class Meta:
        model = Notification

    news: Any = factory.SubFactory(NewsFactory)
    team_id = factory.SelfAttribute("news.team_id")
    is_notice = factory.LazyAttribute(lambda row: row.news.subject_kind != CONVERSATION)


class AnnouncementFactory(DjangoModelFactory[Announcement]):
    """A draft to everyone in both languages; `sent=True` sends it to everybody who exists now."""

    class Meta:
        model = Announcement

    class Params:
        sent = factory.Trait(
            state=Announcement.State.SENT,
            sent_at=factory.LazyFunction(database_now),
            expires_at=factory.LazyAttribute(lambda row: row.sent_at + timedelta(days=30)),
            people=0,
            people_until=factory.LazyFunction(newest_person),
        )

    audience = Audience.EVERYONE
    texts = factory.LazyFunction(
        lambda: {
            "en": {"title": "New prices", "text": "From May on,\nshipping costs less."},
            "es": {"title": "Precios nuevos", "text": "Desde mayo,\nel envío cuesta menos."},
        }
    )
