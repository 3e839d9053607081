"""Hosts of links in messages, and what staff have decided about them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.fields import MultilineTextField


class LinkHost(models.Model):
    """A host whose links, and those of all hosts below it, don't simply open.

    `host` has the form in which programs look it up, see `shield.addresses.ascii_host`.
    """

    class Action(models.TextChoices):
        WARN = "warn", _("Ask before it opens")
        BLOCK = "block", _("Don't let it open")

    host = models.CharField(
        _("host"),
        max_length=253,
        unique=True,
        help_text=_("Without https://. It also counts for all hosts below it."),
    )
    action = models.CharField(_("links there"), max_length=5, choices=Action)
    note = MultilineTextField(
        _("note"), max_length=500, blank=True, help_text=_("Only staff can read it.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("host of links")
        verbose_name_plural = _("hosts of links")
        ordering = ("host",)

    def __str__(self) -> str:
        return self.host
