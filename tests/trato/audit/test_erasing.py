"""Text in the trail can be erased; everything else stays, and the chain stays valid."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import User
from tests.trato.audit.tampering import findings
from trato.audit import actions, linking
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db


def test_erased_words_are_gone_and_the_chain_stays_valid(
    trail: list[AuditEntry], chief: User
) -> None:
    before = AuditEntry.objects.values().get(pk=trail[2].pk)
    actions.erase_reason(chief, trail[2].pk, "Asked by the person")
    linking.link_waiting()
    after = AuditEntry.objects.values().get(pk=trail[2].pk)
    assert after == before | {"reason": "", "salt": None}
    assert findings() == []
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.verb, entry.reason) == (
        chief,
        "auditentry.erased",
        "Asked by the person",
    )
    assert entry.subject == f"auditentry:{trail[2].pk}"


def test_nothing_of_the_words_is_left_in_the_table(trail: list[AuditEntry], chief: User) -> None:
    actions.erase_reason(chief, trail[2].pk, "Asked by the person")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_auditentry")
        assert "Scam 2" not in str(cursor.fetchall())


def test_words_are_erased_once_and_with_a_reason(trail: list[AuditEntry], chief: User) -> None:
    with pytest.raises(ValidationError):
        actions.erase_reason(chief, trail[0].pk, " ")
    assert AuditEntry.objects.get(pk=trail[0].pk).reason == "Scam 0"
    actions.erase_reason(chief, trail[0].pk, "Asked by the person")
    with pytest.raises(AlreadyDone, match="already been erased"):
        actions.erase_reason(chief, trail[0].pk, "Asked by the person")
    assert AuditEntry.objects.count() == len(trail) + 1


def test_only_who_may_erases_words(
    trail: list[AuditEntry], moderator: User, shopper: User, grant: Callable[..., User]
) -> None:
    for person in (moderator, shopper):
        with pytest.raises(PermissionDenied):
            actions.erase_reason(person, trail[0].pk, "Asked by the person")
    assert AuditEntry.objects.get(pk=trail[0].pk).reason == "Scam 0"
    assert AuditEntry.objects.count() == len(trail)
    actions.erase_reason(grant("erase_reason"), trail[0].pk, "Asked by the person")
    assert AuditEntry.objects.get(pk=trail[0].pk).reason == ""


def test_the_same_words_have_different_commitments(chief: User) -> None:
    """Otherwise erased text could be read from another entry, or guessed."""
    one, other = (actions.record(chief, "user.suspended", "user:1", "Scam") for _ in range(2))
    assert one.commitment != other.commitment
