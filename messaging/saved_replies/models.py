"""Texts that a shop or a seller uses again and again."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging.files.models import StoredFile
from messaging.ownership import Owned
from trato.fields import MultilineTextField
from trato.text import has_control_characters, is_blank, validate_name

from . import placeholders

SHORT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def validate_body(text: str) -> None:
    """Refuse a text that is too long, can't be shown, or has wrong variables.

    Raises:
        ValidationError: with a message for the person.
    """
    limit = settings.SAVED_REPLY_MAX_CHARACTERS
    if len(text) > limit:
        words = ngettext_lazy(
            "That is too long: %(length)s characters, and at most %(count)s fits.",
            "That is too long: %(length)s characters, and at most %(count)s fit.",
            "count",
        )
        raise ValidationError(words % {"length": len(text), "count": limit}, code="too_long")
    if is_blank(text):
        raise ValidationError(_("Write the text of the reply."), code="invisible")
    if has_control_characters(text, allowed="\n\t"):
        raise ValidationError(
            _("The text contains characters that can't be shown."), code="invalid"
        )
    placeholders.parse(text)


class SavedReply(Owned):
    """A reply of a shop, or of one person.

    `uses` counts how often it was inserted into a message; whether that message was sent, and how
    it was edited, isn't recorded.
    """

    name = models.CharField(_("name"), max_length=60, validators=[validate_name])
    short = models.CharField(
        _("shortcut"),
        max_length=30,
        validators=[
            RegexValidator(
                SHORT, _("Use small letters, digits and single hyphens, as in “open-hours”.")
            )
        ],
    )
    body = MultilineTextField(_("text"), validators=[validate_body])
    uses = models.PositiveIntegerField(_("times used"), default=0, editable=False)
    revision = models.PositiveIntegerField(
        _("revision"), default=1, editable=False, help_text="Changes so far: who saves names it."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ("-uses", "name", "pk")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=["shop", "short"],
                condition=models.Q(shop__isnull=False),
                name="one_saved_reply_per_shop_and_short",
            ),
            models.UniqueConstraint(
                fields=["owner", "short"],
                condition=models.Q(owner__isnull=False),
                name="one_saved_reply_per_person_and_short",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SavedReplyFile(StoredFile, Owned):
    """A file of a saved reply. Messages get copies, so either can be deleted without the other.

    `reply` is null until the reply is saved.
    """

    reply = models.ForeignKey(
        SavedReply,
        on_delete=models.CASCADE,
        related_name="files",
        null=True,
        verbose_name=_("saved reply"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("file of a saved reply")
        verbose_name_plural = _("files of saved replies")
        ordering = ("reply", "position")

    @property
    def url(self) -> str:
        return reverse("messaging:saved_reply_file", args=[self.pk])
