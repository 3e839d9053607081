"""Files of a form without JavaScript, which uploads them together with the message."""

import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from trato.errors import Refused
from trato.images.forms import has_gone
from trato.images.queue import Uploader
from trato.responses import key_from

from . import actions

StoreUpload: TypeAlias = Callable[[int, UploadedFile[bytes], Uploader], int]


def files_of(request: Any) -> list[int]:
    """Return the IDs of files that were uploaded before."""
    return [key_from(text) for text in request.POST.getlist("files")]


def store_uploads(request: Any, conversation_id: int, client_id: uuid.UUID) -> list[int]:
    """Store a form's uploads; return the IDs of all its files.

    Args:
        client_id: the message's. If the form is sent again, no upload is stored twice.

    Raises:
        FilesRefused: some can't be sent; the others are stored.
        Refused: there are too many; nothing was stored.
    """

    def store(place: int, content: UploadedFile[bytes], uploader: Uploader) -> int:
        key = uuid.uuid5(client_id, f"{place} {content.size} {content.name}")
        return actions.upload(request.user, conversation_id, key, content, uploader).pk

    return store_each(request, store)


def store_each(request: Any, store: StoreUpload) -> list[int]:
    """Store each of a form's uploads; return the IDs of all its files.

    Args:
        store: stores an upload, given its place in the form, and returns its ID.

    Raises:
        FilesRefused, Refused: as for `store_uploads`.
    """
    ids, uploads = files_of(request), request.FILES.getlist("upload")
    limit = settings.MESSAGE_FILES_MAX
    if len(ids) + len(uploads) > limit:
        text = _("A message can have at most %(limit)s files.")
        raise Refused("invalid", text % {"limit": limit})
    uploader = Uploader(request.user.pk, has_gone(request))
    refusals = []
    for place, content in enumerate(uploads):
        try:
            ids.append(store(place, content, uploader))
        except Refused as refusal:
            refusals.append((content.name, refusal))
    if refusals:
        text = " ".join(f"{name}: {refusal.detail}" for name, refusal in refusals)
        raise FilesRefused(refusals[0][1], text, ids)
    return ids


class FilesRefused(Refused):
    """Refused because a form has files that can't be sent; `kept` has the IDs of the others."""

    def __init__(self, first: Refused, detail: str, kept: list[int]) -> None:
        super().__init__(first.code, detail, first.retry_after)
        self.kept = kept
