"""Simultaneous uploads by one person: the quota holds, and a `client_id` is one file."""

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from messaging.files import actions
from messaging.files.inspection import inspect
from messaging.models import Conversation, File
from tests.patience import PATIENCE
from tests.threads import in_threads
from tests.uploads import PDF
from trato.errors import Refused
from trato.images.queue import Uploader

pytestmark = pytest.mark.django_db(transaction=True)


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two uploads pass all checks before either has a row."""
    barrier = threading.Barrier(2)

    def inspect_together(*given: Any) -> Any:
        inspected = inspect(*given)
        barrier.wait(timeout=PATIENCE)
        return inspected

    monkeypatch.setattr(actions, "inspect", inspect_together)


def upload(person: User, talk: Conversation, key: uuid.UUID | None, gone: bool = False) -> str:
    """Upload a PDF; return its ID, or the code of the refusal."""
    file = SimpleUploadedFile("rules.pdf", PDF)
    uploader = Uploader(person.pk, lambda: gone)
    try:
        return str(actions.upload(person, talk.pk, key or uuid.uuid4(), file, uploader).pk)
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("limit", ["FILES_PER_PERSON", "FILES_PER_PERSON_BYTES"])
@pytest.mark.usefixtures("together")
def test_two_uploads_share_the_last_place_of_the_quota(
    limit: str, shopper: User, conversation: Conversation, settings: Any
) -> None:
    setattr(settings, limit, 1 if limit == "FILES_PER_PERSON" else len(PDF) + 1)
    answers = in_threads(2, upload, shopper, conversation, None)
    row = File.objects.get()
    assert sorted(answers) == sorted([str(row.pk), "forbidden"])
    assert row.is_ready
    assert [path.stem for path in stored(settings)] == [row.stored_as.hex]


@pytest.mark.usefixtures("together")
def test_two_uploads_with_one_client_id_are_one_file(
    shopper: User, conversation: Conversation, settings: Any
) -> None:
    key = uuid.uuid4()
    answers = in_threads(2, upload, shopper, conversation, key)
    row = File.objects.get()
    assert row.is_ready
    assert set(answers) <= {str(row.pk), "unavailable"}
    assert str(row.pk) in answers
    assert upload(shopper, conversation, key) == str(row.pk)  # the other one tries again
    assert [path.stem for path in stored(settings)] == [row.stored_as.hex]


def test_a_cancelled_upload_leaves_nothing_that_counts(
    shopper: User, conversation: Conversation, settings: Any
) -> None:
    assert upload(shopper, conversation, None, gone=True) == "unavailable"
    assert not File.objects.exists()
    assert not stored(settings)


def test_an_upload_whose_answer_came_too_late_is_discarded_by_its_client_id(
    shopper: User, conversation: Conversation, client_of: Any, settings: Any
) -> None:
    key, other = uuid.uuid4(), upload(shopper, conversation, None)
    upload(shopper, conversation, key)
    client, address = client_of(shopper), f"{conversation.get_absolute_url()}files/"
    for _ in range(2):
        assert client.delete(f"{address}?client_id={key}").status_code == 204
        assert [str(row.pk) for row in File.objects.all()] == [other]
    assert len(stored(settings)) == 1
    assert client.delete(address).status_code == 400


def test_one_that_is_cancelled_while_it_is_stored_is_not_kept(
    shopper: User, conversation: Conversation, settings: Any, monkeypatch: Any
) -> None:
    key, write = uuid.uuid4(), actions._write

    def cancelled_meanwhile(*given: Any) -> None:
        write(*given)
        actions.discard_upload(shopper, conversation.pk, key)

    monkeypatch.setattr(actions, "_write", cancelled_meanwhile)
    assert upload(shopper, conversation, key) == "unavailable"
    assert not File.objects.exists()
    assert not stored(settings)
