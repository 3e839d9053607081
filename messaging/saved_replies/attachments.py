"""Files of saved replies: uploaded with the form, kept with the reply, copied into messages."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from messaging.files import actions as files
from messaging.files.inspection import inspect
from messaging.models import SavedReply, SavedReplyFile
from messaging.ownership import lock_owner, owned_by
from trato import rate_limits
from trato.errors import Refused
from trato.images.queue import Uploader
from trato.people import Person
from trato.prepared import LARGEST

from . import queries


def upload(
    actor: Person, shop_id: int | None, content: UploadedFile[bytes], uploader: Uploader
) -> SavedReplyFile:
    """Store a file for a reply that isn't saved yet: a shop's, or one of the actor's own.

    Raises:
        Http404: the actor doesn't work for the shop, or doesn't sell at all.
        Refused: as for `files.actions.upload`; `forbidden` if the replies' files would be too large
            together.
    """
    shops = queries.shops_for(actor)
    if shop_id is not None and shop_id not in [shop.pk for shop in shops]:
        raise Http404("no such shop")
    rate_limits.hit("FILES_PER_HOUR", actor.pk)
    inspected = inspect(content, uploader)
    with transaction.atomic():
        siblings = SavedReplyFile.objects.filter(lock_owner(actor, shop_id))
        stored = siblings.aggregate(size=Sum("size"))["size"] or 0
        if stored + inspected.size > settings.SAVED_REPLY_FILES_BYTES:
            raise Refused("forbidden", _("The saved replies' files are too large together."))
        row = SavedReplyFile.objects.create(
            shop_id=shop_id,
            owner_id=actor.pk if shop_id is None else None,
            **files.columns_of(inspected),
        )
    files.store(row, inspected.contents)
    return row


def attach(reply: SavedReply, ids: Sequence[int]) -> None:
    """Give a reply these files and no others, in the transaction that saves it.

    Args:
        ids: the files' IDs, in order. The reply already has these files, or they were uploaded for
            replies of the same shop or person.

    Raises:
        Refused: `invalid` if there are too many; `not_found` for any other file.
    """
    own = Q(reply=None, shop=reply.shop_id, owner=reply.owner_id, is_ready=True, pk__in=ids)
    rows = SavedReplyFile.objects.filter(Q(reply=reply) | own)
    for position, row in enumerate(files.keep(rows, ids)):
        row.reply, row.position = reply, position
        row.save(update_fields=["reply", "position"])


def kept(user: Person, ids: Iterable[int]) -> list[SavedReplyFile]:
    """Return those files with the given IDs that a person may save with a reply."""
    shop_ids = [shop.pk for shop in queries.shops_for(user)]
    keys = [pk for pk in ids if pk <= LARGEST]  # for larger ones, SQLite raises an error
    rows = SavedReplyFile.objects.filter(owned_by(user.pk, shop_ids), pk__in=keys, is_ready=True)
    return list(rows.order_by("reply", "position", "pk"))


def file_for(user: Person, file_id: int) -> SavedReplyFile:
    """Return a file of a reply that the person may use, or raise Http404."""
    for row in kept(user, [file_id]):
        return row
    raise Http404("no such file")
