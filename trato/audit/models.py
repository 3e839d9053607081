"""Entries of the audit trail: what staff did, to whom or what, when and why."""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import sealing


def _only_added_to(*args: Any, **kwargs: Any) -> NoReturn:
    raise TypeError("the audit trail is only ever added to")


class AuditTrail(models.QuerySet["AuditEntry"]):
    """Rows that can be added and read, but not changed or deleted."""

    update = _only_added_to  # called by `bulk_update` and the asynchronous methods
    delete = _only_added_to

    def bulk_create(
        self, objs: Iterable["AuditEntry"], *args: Any, **kwargs: Any
    ) -> list["AuditEntry"]:
        entries = list(objs)
        for entry in entries:
            entry.seal_it()
        return super().bulk_create(entries, *args, **kwargs)


class AuditEntry(models.Model):
    """A staff action: who did what, to whom or what, when and why.

    If one of the site's own rules acts, the entry has no actor.

    Entries are only ever added. Database triggers (migration 0002) enforce this as well, with two
    exceptions: an entry gets its place in the chain, once, and its text can be erased.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="audited_acts",
        null=True,  # Trato itself
        verbose_name=_("who"),
    )
    verb = models.CharField(_("what"), max_length=40, help_text="conversation.looked, …")
    subject = models.CharField(_("subject"), max_length=80, help_text="conversation:12, user:7, …")
    reason = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    encoding = models.PositiveSmallIntegerField(default=sealing.ENCODING, editable=False)
    key = models.CharField(max_length=16, editable=False)
    salt = models.BinaryField(null=True)  # none: the text was erased
    commitment = models.BinaryField()
    seal = models.BinaryField(unique=True)
    position = models.PositiveBigIntegerField(_("position"), null=True, unique=True, editable=False)
    chain = models.BinaryField(null=True)

    objects = AuditTrail.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        permissions = (
            ("erase_reason", "Can erase the words of an audit entry"),
            ("export_auditentry", "Can export the audit trail"),
        )
        indexes = (
            models.Index(fields=["subject", "-created_at"], name="audit_by_subject"),
            models.Index(fields=["-created_at"], name="audit_by_time"),
            models.Index(fields=["verb"], name="audit_by_verb"),
            models.Index(fields=["id"], name="audit_waiting", condition=Q(position=None)),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _only_added_to()
        self.seal_it()
        super().save(*args, **kwargs)

    delete = _only_added_to

    def seal_it(self) -> None:
        """Seal the entry, so that later changes are detectable. Call this before storing it."""
        self.key, key = next(iter(sealing.keys().items()))
        self.salt = sealing.new_salt()
        self.reason = str(self.reason)
        self.commitment = sealing.commitment(key, self.salt, self.reason)
        self.seal = sealing.seal(
            key, self.actor_id, self.verb, self.subject, self.created_at, self.commitment
        )
