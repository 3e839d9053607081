"""What staff did, to whom or to what, when and why."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _only_added_to(*args: Any, **kwargs: Any) -> NoReturn:
    raise TypeError("the audit trail is only ever added to")


class AuditTrail(models.QuerySet["AuditEntry"]):
    """Rows that can be added and read, but not changed or deleted."""

    update = _only_added_to  # called by `bulk_update` and the asynchronous methods
    delete = _only_added_to


class AuditEntry(models.Model):
    """One act of staff: who, what, to whom or to what, when and why.

    Entries are only ever added. Triggers in the database (migration 0002) enforce this as well.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="audited_acts",
        verbose_name=_("who"),
    )
    verb = models.CharField(_("what"), max_length=40, help_text="conversation.looked, …")
    subject = models.CharField(_("subject"), max_length=80, help_text="conversation:12, user:7, …")
    reason = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = AuditTrail.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["subject", "-created_at"], name="audit_by_subject"),
            models.Index(fields=["-created_at"], name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _only_added_to()
        super().save(*args, **kwargs)

    delete = _only_added_to
