"""Forms that create something: a second click finds what the first one made.

The page gives each form a key. What the form makes is stored with it in one transaction, so a
repeat waits for the first one, wherever that is being carried out, and gets its result.
"""

import hashlib
import uuid
from typing import TypeVar

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest

from accounts.models import User
from trato.responses import uuid_from
from trato.retention import ago

from .models import SubmittedForm

M = TypeVar("M", bound=models.Model)

FIELD = "form_key"
NOT_CONTENT = {"csrfmiddlewaretoken"}


def key_from(request: HttpRequest) -> uuid.UUID:
    """The key of the form that was posted; a new one where it is missing or broken."""
    return uuid_from(request.POST.get(FIELD)) or uuid.uuid4()


def content_key(request: HttpRequest) -> uuid.UUID:
    """The key together with what was written: people who go back and write something else mean it.

    Files count by their names and sizes.
    """
    digest = hashlib.sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        digest.update(repr((name, [(file.name, file.size) for file in files])).encode())
    return uuid.uuid5(key_from(request), digest.hexdigest())


def made_before(actor: User, key: uuid.UUID, rows: models.Manager[M]) -> models.QuerySet[M]:
    """What this form has made already, among `rows`; empty if it was not carried out before."""
    return rows.filter(pk__in=SubmittedForm.objects.filter(user=actor, key=key).values("made"))


def claim(actor: User, key: uuid.UUID) -> SubmittedForm | None:
    """Say that a form is being carried out; None if it was before. Within a transaction.

    Of two at once one waits until the other's transaction has ended. Old keys of the person go.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("what a form makes and its key are stored together or not at all")
    submitted, is_new = SubmittedForm.objects.get_or_create(user=actor, key=key)
    if not is_new:
        return None
    oldest = ago(days=settings.SUBMITTED_FORM_DAYS)
    SubmittedForm.objects.filter(user=actor, created_at__lt=oldest).delete()
    return submitted


def finish(submitted: SubmittedForm, made: models.Model) -> None:
    """Remember what the form has made."""
    submitted.made = made.pk
    submitted.save(update_fields=["made"])
