"""Find files for the people who may see them."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.lookups import Exact
from django.http import Http404

from messaging import access
from messaging.models import Conversation, File, Side
from trato.array_parameters import listed
from trato.people import Person

from .models import HASH_BAND_BITS, HASH_BANDS, UNSENT, hash_band

# Names such as "IMG_20261128_104512", "WhatsApp Image 2026-11-28 at 10.45.12", "Scan 3". A name
# that is only a few digits may be a telephone number.
OF_DEVICE = re.compile(
    r"(?=.*(?:[a-z]|20\d{6}|20\d\d-\d\d-\d\d|\d{13}))"
    r"(?>img|dsc[fn]?|pxl|mvimg|vid|screenshot|screen shot|whatsapp image|signal|photo|image|scan"
    r"|captura(?: de pantalla)?|foto|imagen|at|wa|a las?|[ap]\.?m\.?|20\d{6}|\d{13,}"
    r"|\d{1,8}(?!\d)|[\W_])+$",
    re.IGNORECASE,
)
SIMILAR_BITS = HASH_BANDS - 1  # recompressing a picture changes at most this many bits of its hash


def file_for(user: Person, conversation_id: int, file_id: int) -> File:
    """Return a file that the person may see now.

    That is a file in a message that both sides see, the person's own unsent file, or a file that
    the person's shop has scheduled.

    Raises:
        Http404: there is no such file, or the person may not see it.
    """
    conversation = access.conversation_for(user, conversation_id)
    sent = Q(message__isnull=False, message__removed_at=None, message__withdrawn_at=None)
    own = Q(message=None, scheduled=None, owner=user.pk)  # also in a held message
    if conversation.side_of(user.pk) is Side.SELLER:
        own |= Q(message=None, scheduled__isnull=False)
    file = File.objects.filter(sent | own, pk=file_id, conversation=conversation, is_ready=True)
    if row := file.first():
        return row
    raise Http404("no such file")


def unsent(
    user: Person, ids: Iterable[int], conversation: Conversation | None = None
) -> list[File]:
    """Return those of the given files that are the person's own and neither sent nor scheduled.

    Args:
        conversation: where they were uploaded; None if the page doesn't know.
    """
    rows = File.objects.filter(pk__in=ids, owner=user.pk, is_ready=True, **UNSENT)
    if conversation is not None:
        rows = rows.filter(conversation=conversation)
    return list(rows.order_by("pk"))


def stored_by(user: Person) -> tuple[int, int]:
    """Return how many files a person has stored, and how many bytes, sent or not."""
    totals: dict[str, Any] = File.objects.filter(owner=user.pk).aggregate(
        count=Count("pk"), size=Sum("size")
    )
    return totals["count"], totals["size"] or 0


def words_of(file_ids: Iterable[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """Return the texts of QR codes in files, and what people wrote about them, by file and owner.

    People write a description, and the name unless a camera or a program chose it.
    """
    columns = ("pk", "owner", "name", "alt", "codes")
    rows = File.objects.filter(pk__in=listed(file_ids)).order_by().values_list(*columns)
    return {
        (pk, owner): (codes, "\n".join(filter(None, [alt, written_name(name)])))
        for pk, owner, name, alt, codes in rows
    }


def written_name(name: str) -> str:
    """Return a file's name without its extension; empty if it looks like a device's."""
    stem = name.rpartition(".")[0] or name
    return "" if OF_DEVICE.match(stem) else stem


def similar_to(picture_hash: int) -> QuerySet[File]:
    """Return files whose hash has a band in common with this one's.

    They include every file whose hash differs in at most `SIMILAR_BITS`: see `differing_bits`.
    """
    mask = 2**HASH_BAND_BITS - 1
    shared = Q()
    for band in range(HASH_BANDS):
        shared |= Q(Exact(hash_band(band), picture_hash >> band * HASH_BAND_BITS & mask))
    return File.objects.filter(shared, picture_hash__isnull=False).order_by("pk")


def differing_bits(one: int, other: int) -> int:
    """Return the number of bits in which two picture hashes differ."""
    return ((one ^ other) & 2**64 - 1).bit_count()
