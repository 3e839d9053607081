"""Notifications for tests and for the demo shop."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from .models import CONVERSATION, News, Notification


class NewsFactory(DjangoModelFactory[News]):
    """The news about a subject; the same row again for the same audience."""

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
