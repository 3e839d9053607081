"""`manage.py verify_audit`, as a person runs it and as a timer does."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User
from tests.trato.audit.tampering import change, delete, undone
from trato.audit import actions, rows, sealing
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def verify(*arguments: str) -> tuple[str, str]:
    """Run the command; return what it writes to each of the two streams."""
    out, err = StringIO(), StringIO()
    call_command("verify_audit", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_an_intact_trail_is_said_in_words(trail: list[AuditEntry]) -> None:
    out, err = verify()
    assert "The audit trail is intact: 6 entries" in out
    assert err == ""


def test_an_empty_trail_is_intact_and_has_no_anchor() -> None:
    out, err = verify("--anchor")
    assert out == ""
    assert "intact: 0 entries" in err


def test_what_is_wrong_is_named_and_the_command_fails(trail: list[AuditEntry]) -> None:
    with undone():
        change(trail[1].pk, verb="user.praised")
        delete(trail[3].pk)
        out = StringIO()
        with pytest.raises(CommandError, match="not intact: 2 findings") as failed:
            call_command("verify_audit", "--anchor", stdout=StringIO(), stderr=out)
        assert failed.value.returncode == 1
    assert f"Entry {trail[1].pk} (user.praised user:1," in out.getvalue()
    assert "The entry at position 4 is missing, between entry" in out.getvalue()


def test_an_anchor_stored_elsewhere_shows_that_the_end_is_missing(
    trail: list[AuditEntry], chief: User, tmp_path: Path
) -> None:
    file = tmp_path / "anchors"
    line, _words = verify("--anchor")
    assert json.loads(line)["entries"] == 6
    file.write_text(line)
    actions.record(chief, "user.restored", "user:1", "Sorry")
    line, words = verify("--anchor", "--against", str(file))
    assert "7 entries" in words
    assert "1 anchors" in words
    file.write_text(file.read_text() + line)
    with undone():
        delete(AuditEntry.objects.latest("pk").pk)
        assert "intact" in verify()[0]  # nothing shows it here
        with pytest.raises(CommandError, match="not intact: 1 findings"):
            verify("--against", str(file))


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"entries": "x", "entry": 1, "chain": "", "at": ""}', "x"]
)
def test_a_file_without_anchors_is_refused(
    text: str, trail: list[AuditEntry], tmp_path: Path
) -> None:
    file = tmp_path / "anchors"
    file.write_text(text)
    with pytest.raises(CommandError, match="line 1 is not an anchor"):
        verify("--against", str(file))
    with pytest.raises(CommandError, match="can't be read"):
        verify("--against", str(tmp_path / "none"))
    file.write_text("")  # before the first night
    assert "0 anchors" in verify("--against", str(file))[0]


def test_waiting_entries_are_linked_or_only_counted(chief: User) -> None:
    actions.record(chief, "user.suspended", "user:1", "Scam")
    assert "0 entries" in (out := verify("--no-link")[0])
    assert "1 not linked yet" in out
    assert AuditEntry.objects.get().position is None
    assert "Linked 1 entries" in verify()[0]
    assert AuditEntry.objects.get().position == 1


def test_batches_change_nothing(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH_ROWS", 2)
    assert "intact: 6 entries" in verify()[0]
    with undone():
        delete(trail[2].pk)
        with pytest.raises(CommandError, match="1 findings"):
            verify()


@pytest.mark.parametrize("keys", [["1"], ["1:short"], [":" + "a" * 32], ["1:" + "a" * 32] * 2])
def test_keys_that_cannot_be_read_are_refused(keys: list[str]) -> None:
    with (
        override_settings(AUDIT_KEYS=keys),
        pytest.raises(ImproperlyConfigured, match="AUDIT_KEYS"),
    ):
        sealing.keys()


def test_the_first_key_seals_and_former_ones_verify(trail: list[AuditEntry], chief: User) -> None:
    with override_settings(AUDIT_KEYS=["new:" + "n" * 32]):
        assert actions.record(chief, "user.suspended", "user:9", "Scam").key == "new"
        assert "intact: 7 entries" in verify()[0]
        former = settings.SECRET_KEY
        with override_settings(SECRET_KEY="another"), pytest.raises(CommandError):
            verify()
        with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[former]):
            assert "intact: 7 entries" in verify()[0]
