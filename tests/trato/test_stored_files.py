"""Stored files are deleted with their rows, immediately or later."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from trato.stored_files import actions, retention
from trato.stored_files.models import FileDeletion

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def name() -> str:
    return default_storage.save("a.txt", ContentFile(b"words"))


def later() -> None:
    """Let enough time pass for an interrupted deletion to be due."""
    ago = timezone.now() - timedelta(minutes=retention.WAIT_MINUTES + 1)
    FileDeletion.objects.update(due_at=ago)


def test_a_file_goes_on_commit_and_stays_on_rollback(name: str) -> None:
    with transaction.atomic():
        actions.delete_on_commit([name, ""])
        transaction.set_rollback(True)
    assert default_storage.exists(name)
    with transaction.atomic():
        actions.delete_on_commit([name, ""])
        assert default_storage.exists(name)
    assert not default_storage.exists(name)
    assert not FileDeletion.objects.exists()


def test_an_interrupted_deletion_is_finished_later(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_finish", lambda rows: 1 / 0)  # the process dies
    actions.delete_on_commit([name])
    call_command("purge_expired", delete=True)
    assert default_storage.exists(name)
    later()
    call_command("purge_expired", delete=True)
    assert not default_storage.exists(name)
    assert not FileDeletion.objects.exists()


def test_a_storage_that_is_away_is_asked_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_storage: Any, _name: str) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "delete", away)
        actions.delete_on_commit([name])
        later()
        call_command("purge_expired", delete=True)
    assert default_storage.exists(name)
    later()
    call_command("purge_expired", delete=True)
    assert not default_storage.exists(name)
