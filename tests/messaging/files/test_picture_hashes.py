"""Files remember the hash of their picture, and similar ones are found by it."""

import random
import uuid

import pytest
from django.db import connection
from PIL import Image

from accounts.models import User
from messaging.files import actions
from messaging.files.models import HASH_BANDS
from messaging.files.queries import SIMILAR_BITS, differing_bits, similar_to
from messaging.models import Conversation, File
from tests.trato.images.picture_files import saved
from tests.uploads import PDF, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_hurry")]


def test_an_upload_and_its_copy_have_the_pictures_hash(
    shopper: User, conversation: Conversation
) -> None:
    picture = saved(Image.radial_gradient("L").resize((90, 60)), "PNG")
    row = uploaded(shopper, conversation, picture)
    assert row.picture_hash is not None
    assert -(2**63) <= row.picture_hash < 2**63
    (copy,) = actions.copy(shopper, conversation.pk, [row])
    assert list(similar_to(row.picture_hash)) == [row, copy]
    assert uploaded(shopper, conversation, PDF).picture_hash is None


@pytest.mark.parametrize("seed", range(5))
def test_a_hash_that_differs_in_few_bits_is_found(
    seed: int, shopper: User, conversation: Conversation
) -> None:
    draws = random.Random(seed)
    row = uploaded(shopper, conversation, PDF)
    wanted = draws.randrange(-(2**63), 2**63)
    near = wanted
    for bit in draws.sample(range(63), SIMILAR_BITS):
        near ^= 1 << bit
    File.objects.filter(pk=row.pk).update(picture_hash=near)
    assert differing_bits(wanted, near) == SIMILAR_BITS
    assert row in similar_to(wanted)
    File.objects.filter(pk=row.pk).update(picture_hash=~wanted)
    assert row not in similar_to(wanted)


def test_similar_pictures_are_found_by_the_indexes(
    shopper: User, conversation: Conversation
) -> None:
    draws = random.Random(1)
    File.objects.bulk_create(
        File(
            conversation=conversation,
            owner=shopper,
            client_id=uuid.uuid4(),
            size=1,
            picture_hash=draws.randrange(-(2**63), 2**63),
        )
        for _ in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messaging_file")
    plan = similar_to(-7).explain()
    assert all(f"files_hash_{band}" in plan for band in range(HASH_BANDS)), plan
