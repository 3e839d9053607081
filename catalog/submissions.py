"""Forms that create something: a second click returns the first one's result.

The page gives each form a key, which is stored in the same transaction as the result. So a repeat
waits for the first submission, in any process, and gets the same result.
"""

import hashlib
import uuid
from typing import NamedTuple, TypeVar

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


class Keys(NamedTuple):
    """The keys of a posted form.

    Attributes:
        content: the key of the form as it was filled in, see `content_key`.
        form: the form's key, the same each time it is shown again.
    """

    content: uuid.UUID
    form: uuid.UUID


def keys_from(request: HttpRequest) -> Keys:
    """Return both keys of the posted form."""
    return Keys(content_key(request), key_from(request))


def key_from(request: HttpRequest) -> uuid.UUID:
    """Return the key of the posted form; a new one if it is missing or invalid."""
    return uuid_from(request.POST.get(FIELD)) or uuid.uuid4()


def content_key(request: HttpRequest) -> uuid.UUID:
    """Combine the key with the content, since people may go back and write something else.

    Files are compared by name and size.
    """
    digest = hashlib.sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        digest.update(repr((name, [(file.name, file.size) for file in files])).encode())
    return uuid.uuid5(key_from(request), digest.hexdigest())


def made_before(actor: User, key: uuid.UUID, rows: models.Manager[M]) -> models.QuerySet[M]:
    """Return those of `rows` that this form has already created; empty if none."""
    return rows.filter(pk__in=SubmittedForm.objects.filter(user=actor, key=key).values("made"))


def claim(actor: User, key: uuid.UUID) -> SubmittedForm | None:
    """Claim a form before carrying it out; None if it has already been carried out.

    Call it in a transaction: a second call waits for it to end. Deletes the person's old keys.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("what a form makes and its key are stored together or not at all")
    submitted, is_new = SubmittedForm.objects.get_or_create(user=actor, key=key)
    if not is_new:
        return None
    oldest = ago(days=settings.SUBMITTED_FORM_DAYS)
    SubmittedForm.objects.filter(user=actor, created_at__lt=oldest).delete()
    return submitted


def give_up(submitted: SubmittedForm | None) -> None:
    """Forget a form that has created nothing, so that sending it again may work."""
    if submitted:
        submitted.delete()


def finish(submitted: SubmittedForm, made: models.Model) -> None:
    """Store what the form has created."""
    submitted.made = made.pk
    submitted.save(update_fields=["made"])
