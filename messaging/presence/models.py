"""What people have chosen to hide, and when members of shops were last there."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PresenceChoice(models.Model):
    """A person's choice of what to hide from the other sides. Without a row, nothing is hidden.

    People who hide something don't see the same of the other side either, except a shop's presence.
    The row stays when they no longer hide anything, so that open pages find out about it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("person"),
    )
    hides_read = models.BooleanField(_("hides read marks"), default=False)
    hides_typing = models.BooleanField(_("hides typing"), default=False)
    hides_presence = models.BooleanField(_("hides being there"), default=False)
    changed_at = models.DateTimeField(_("changed"), db_index=True)

    class Meta:
        verbose_name = _("choice of what to show")
        verbose_name_plural = _("choices of what to show")

    def __str__(self) -> str:
        return f"{self.user_id}"


class LastActive(models.Model):
    """The time when a member of a shop was last there, at most `PRESENCE_SECONDS` / 2 too early.

    Shoppers only see that somebody at the shop is there. No index contains the time, so PostgreSQL
    updates the row in place (HOT).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("person"),
    )
    active_at = models.DateTimeField(_("active"))

    class Meta:
        verbose_name = _("last time that somebody was there")
        verbose_name_plural = _("last times that somebody was there")

    def __str__(self) -> str:
        return f"{self.user_id}"
