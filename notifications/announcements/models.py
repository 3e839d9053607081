"""Announcements, and who has read which."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

TITLE_MAX, TEXT_MAX, LINK_MAX = 100, 4000, 200  # characters


class Audience(models.TextChoices):
    """The people whom an announcement addresses."""

    EVERYONE = "everyone", _("Everyone")
    SHOPPERS = "shoppers", _("Shoppers (everyone who doesn't sell)")
    SELLERS = "sellers", _("Sellers")


class Text(NamedTuple):
    """The announcement's text in one language."""

    title: str
    text: str


class Announcement(models.Model):
    """A text from staff to many people, stored as one row however many they are.

    It is for accounts that existed when it was sent, whose keys go up to `people_until`. The audit
    trail says who wrote and sent it; no other page does.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    audience = models.CharField(_("audience"), max_length=8, choices=Audience)
    texts = models.JSONField(default=dict, editable=False, verbose_name=_("texts"))
    link = models.CharField(
        _("link"),
        max_length=LINK_MAX,
        blank=True,
        help_text=_("A page of this site that says more, such as /products/. Optional."),
    )
    shown_days = models.PositiveSmallIntegerField(
        _("shown for (days)"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("From the time it is sent."),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    expires_at = models.DateTimeField(_("shown until"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(
        pgettext_lazy("announcement", "withdrawn"), null=True, editable=False
    )
    people = models.PositiveIntegerField(_("people addressed"), null=True, editable=False)
    people_until = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-pk",)
        permissions = (("send_announcement", "Can send and withdraw announcements"),)

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("notifications:announcement", args=[self.pk])

    @property
    def at(self) -> datetime:
        """The time when it was sent; for a draft, when it was created."""
        return self.sent_at or self.created_at

    @property
    def audited_as(self) -> str:
        """The announcement as the subject of an entry in the audit trail."""
        return f"announcement:{self.pk}"

    def text_in(self, language: str) -> Text:
        """Return its text in a language; empty if nobody has written it yet."""
        text = self.texts.get(language) or {}
        return Text(text.get("title", ""), text.get("text", ""))

    @property
    def text(self) -> Text:
        """Its text in the reader's language."""
        language = get_language() or ""
        return self.text_in(language if language in self.texts else settings.LANGUAGE_CODE)


class ReadAnnouncement(models.Model):
    """A person has read an announcement. People who haven't read it have no row."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index begins with it
        verbose_name=_("person"),
    )
    # A purge deletes these rows first, and in batches: see `retention`.
    announcement = models.ForeignKey(
        Announcement,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("announcement"),
    )
    read_at = models.DateTimeField(_("read"), default=timezone.now)

    class Meta:
        verbose_name = _("read announcement")
        verbose_name_plural = _("read announcements")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "announcement"], name="an_announcement_is_read_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.announcement_id)
