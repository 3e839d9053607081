"""Notifications, and the news that they are about."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from trato.addresses import address

from .announcements.models import Announcement, ReadAnnouncement
from .words import ANNOUNCEMENT, Words, words_of

__all__ = ("Announcement", "News", "Notification", "ReadAnnouncement")

CONVERSATION = "conversation"  # the kind of subject whose number the inbox shows


class HourUTC(models.Func):
    """The hour of a time, in UTC, in a form that PostgreSQL can store and index."""

    output_field = models.DateTimeField()
    template = (
        "date_trunc('hour', %(expressions)s AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"  # immutable
    )

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        # Without ", ": Django splits a table's definition there when it reads its columns.
        template = "substr(%(expressions)s,1,13) || ':00:00'"
        return self.as_sql(compiler, connection, template=template, **extra)


class News(models.Model):
    """The latest news about a subject for one audience; each recipient has a `Notification`.

    A message changes only one row here, however many people are notified. `told_at` is when the
    news was last made unread for its whole audience; NULL once somebody has read it. No index
    contains a column that a message changes, so PostgreSQL updates the row in place (HOT).
    """

    subject_kind = models.CharField(
        max_length=20, help_text="conversation, …", verbose_name=_("kind of subject")
    )
    subject_id = models.BigIntegerField(verbose_name=_("subject ID"))
    team_id = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="The shop whose members are told; 0 for people who are told for themselves.",
        verbose_name=_("shop ID"),
    )
    title = models.CharField(_("title"), max_length=120)
    excerpt = models.CharField(_("excerpt"), max_length=160, blank=True)
    url = models.CharField(_("address"), max_length=200)
    happened_at = models.DateTimeField(_("last time"), default=timezone.now)
    # An index sorts a team's news by this: it changes once an hour, not with each message.
    hour = models.GeneratedField(
        expression=HourUTC("happened_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name=_("hour of the last message"),
    )
    told_at = models.DateTimeField(null=True, editable=False, verbose_name=_("told"))

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        indexes = (models.Index(fields=["team_id", "-hour"], name="news_of_team"),)
        constraints = (
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "team_id"],
                name="one_piece_of_news_per_audience",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_from_site(self) -> bool:
        """Whether this comes from the site itself, not from a person."""
        return self.subject_kind in settings.NEWS_WORDS or self.subject_kind == ANNOUNCEMENT

    @cached_property
    def words(self) -> Words:
        """Its text, in the reader's language."""
        return words_of(self)


class Notification(models.Model):
    """One row per recipient and subject, however often something happens.

    `read_at` is empty while a notification is unread. The badges count unread notifications: the
    bell counts notices, the inbox the others; no badge counts muted ones. People see a team's
    notifications only while they are members: see `queries.visible_to`. Code that changes `read_at`
    holds the lock on the `News` row.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # an index below begins with it
        verbose_name=_("recipient"),
    )
    news = models.ForeignKey(
        News,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # the unique index begins with it
        verbose_name=_("news"),
    )
    team_id = models.BigIntegerField(
        default=0, editable=False, help_text="As in the news.", verbose_name=_("shop ID")
    )
    is_notice = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether the news is about anything but a conversation.",
        verbose_name=_("notice"),
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    # Stored here so that sends need not look up who has muted what; only counts use it.
    is_muted = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It can be unread, but no badge counts it.",
        verbose_name=_("muted"),
    )

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-news__happened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["news", "recipient"], name="one_notification_per_recipient"
            ),
        )
        indexes = (
            # Includes what a badge needs, so that counting reads only the index.
            models.Index(
                fields=["recipient", "read_at"],
                include=["team_id", "is_notice", "is_muted"],
                name="notifications_of_recipient",
            ),
            # Among a shop's many notifications, a seller has only a few of these.
            models.Index(
                fields=["recipient"], condition=models.Q(team_id=0), name="notifications_told_alone"
            ),
        )

    def __str__(self) -> str:
        return self.news.title

    @property
    def read_url(self) -> str:
        """The URL that marks this notification as read."""
        if self.news.subject_kind == ANNOUNCEMENT:
            return address("notifications:read_announcement", self.news.subject_id)
        return address("notifications:read", self.pk)
