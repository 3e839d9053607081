"""The list of erased accounts, and what it does after a restore."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.deletion import delete_account
from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_that_a_backup_brings_back_is_erased_again(
    shopper: User, stranger: User, settings: Any, tmp_path: Path
) -> None:
    listed, late = tmp_path / "erased", tmp_path / "late"
    settings.ERASED_IDS_FILE = str(listed)
    backup = User.objects.filter(pk=shopper.pk).values().get()
    delete_account(shopper.pk)
    call_command("erased_ids", export=late)
    assert listed.read_text() == late.read_text() != ""
    assert "lucia" not in listed.read_text().lower()
    User.objects.filter(pk=shopper.pk).update(**backup)
    call_command("apply_erasures", listed)
    assert User.objects.get(pk=shopper.pk).name == backup["name"]
    listed.write_text(listed.read_text() + '\n{"id": 1')  # cut short
    call_command("apply_erasures", listed, erase=True)
    assert User.objects.get(pk=shopper.pk).name == ""
    assert User.objects.get(pk=stranger.pk).deleted_at is None


def test_another_account_with_the_same_id_stays(shopper: User, tmp_path: Path) -> None:
    listed = tmp_path / "erased"
    listed.write_text(f'{{"id": {shopper.pk}, "joined": "2020-01-01T00:00:00+00:00"}}')
    call_command("apply_erasures", listed, erase=True)
    assert User.objects.get(pk=shopper.pk).deleted_at is None
