"""Suspending and restoring accounts: who may do it, to whom, and what it changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from messaging.decisions.actions import restore
from messaging.models import Conversation, Decision
from tests.accounts.acts import PASSWORD, prove
from tests.rulings import REASONS, suspend
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

DECIDE = "/admin/messaging/decision/decide/"
RESTORE = "/admin/messaging/decision/restore/"
FORM = {"measure": "suspend", "days": "", "seen": 0, **REASONS}


@pytest.mark.parametrize("actor", ["moderator", "chief"], indirect=True)
def test_moderators_and_superusers_suspend_and_restore_and_it_is_on_record(
    actor: User, shopper: User
) -> None:
    assert not suspend(actor, shopper.pk, "  Scam \n").is_active
    assert not User.objects.get(pk=shopper.pk).is_active
    restore(actor, shopper.pk, "Appeal")
    assert User.objects.get(pk=shopper.pk).is_active
    rows = AuditEntry.objects.order_by("pk").values_list("actor", "verb", "subject", "reason")
    assert list(rows) == [
        (actor.pk, "decision.suspend", f"decision:{Decision.objects.get().pk}", "Scam"),
        (actor.pk, "decision.undone", f"decision:{Decision.objects.get().pk}", "Appeal"),
    ]


@pytest.mark.parametrize("actor", ["shopper", "seller", "suspended", "helper"], indirect=True)
def test_nobody_else_suspends_or_restores(actor: User, stranger: User, suspended: User) -> None:
    with pytest.raises(PermissionDenied):
        suspend(actor, stranger.pk, "why")
    with pytest.raises(PermissionDenied):
        restore(actor, suspended.pk, "why")
    assert User.objects.get(pk=stranger.pk).is_active
    assert not User.objects.get(pk=suspended.pk).is_active
    assert not AuditEntry.objects.exists()


def test_the_permission_without_being_staff_is_not_enough(moderator: User, stranger: User) -> None:
    moderator.is_staff = False
    with pytest.raises(PermissionDenied):
        suspend(moderator, stranger.pk, "why")
    assert not AuditEntry.objects.exists()


def test_nobody_suspends_themselves(moderator: User, chief: User) -> None:
    for actor in (moderator, chief):
        with pytest.raises(PermissionDenied):
            suspend(actor, actor.pk, "why")
        assert User.objects.get(pk=actor.pk).is_active
    assert not AuditEntry.objects.exists()


def test_only_superusers_suspend_staff(moderator: User, chief: User, helper: User) -> None:
    for person in (chief, helper):
        with pytest.raises(PermissionDenied):
            suspend(moderator, person.pk, "why")
        assert User.objects.get(pk=person.pk).is_active
    assert not AuditEntry.objects.exists()
    suspend(chief, helper.pk, "Left")
    assert not User.objects.get(pk=helper.pk).is_active


@pytest.mark.parametrize("reason", ["", "  \n", "\u200b", "a\x00b"])
def test_without_a_reason_that_can_be_read_nothing_happens(
    reason: str, moderator: User, shopper: User
) -> None:
    with pytest.raises(ValidationError):
        suspend(moderator, shopper.pk, reason)
    assert User.objects.get(pk=shopper.pk).is_active
    assert not AuditEntry.objects.exists()


def test_what_was_done_before_is_told(moderator: User, shopper: User) -> None:
    with pytest.raises(AlreadyDone, match=r"Lucía Romero is not suspended\. Nothing was changed"):
        restore(moderator, shopper.pk, "Was never suspended")
    assert not AuditEntry.objects.exists()


def test_a_suspended_person_is_out_at_the_next_request(
    moderator: User, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(shopper)
    assert client.get("/conversations/").status_code == 200
    suspend(moderator, shopper.pk, "Scam")
    assert client.get("/conversations/").status_code == 403
    restore(moderator, shopper.pk, "Appeal")
    assert client.get("/conversations/").status_code == 200


# -- in the admin ----------------------------------------------------------------------------


def addresses(person: User) -> list[str]:
    return [f"{DECIDE}?person={person.pk}", f"{RESTORE}?person={person.pk}"]


@pytest.mark.parametrize("actor", ["shopper", "seller", "helper"], indirect=True)
def test_the_pages_are_closed_to_others(actor: User, stranger: User, client_of: Any) -> None:
    client = client_of(actor)
    many = f"{RESTORE}?person={stranger.pk}&person={actor.pk}"
    for address in [*addresses(stranger), many]:
        for answer in (client.get(address), client.post(address, {"reason": "why"})):
            assert answer.status_code == (403 if actor.is_staff else 302)
    assert User.objects.get(pk=stranger.pk).is_active
    assert not AuditEntry.objects.exists()


def test_a_visitor_is_sent_to_the_login(stranger: User, client_of: Any) -> None:
    page = addresses(stranger)[0]
    assert "/admin/login/" in client_of(None).get(page).headers["Location"]
    assert client_of(None).post(page, {"reason": "why"}).status_code == 401
    assert User.objects.get(pk=stranger.pk).is_active


def test_a_moderator_suspends_on_the_page_and_comes_back(
    moderator: User, stranger: User, client_of: Any
) -> None:
    client, suspend = client_of(moderator), addresses(stranger)[0]
    person = f"/admin/accounts/user/{stranger.pk}/change/"
    assert suspend in client.get(person).text
    assert stranger.name in client.get(suspend).text
    answer = client.post(f"{suspend}&next={person}", FORM | {"reason": "Scam"})
    assert answer.headers["Location"] == person
    assert not User.objects.get(pk=stranger.pk).is_active
    assert addresses(stranger)[1] in client.get(person).text


def test_the_way_back_stays_on_this_site(moderator: User, suspended: User, client_of: Any) -> None:
    restore = addresses(suspended)[1]
    for wanted, expected in [
        ("/admin/messaging/report/", "/admin/messaging/report/"),
        ("https://evil.example/", f"/admin/accounts/user/{suspended.pk}/change/"),
        ("//evil.example/", f"/admin/accounts/user/{suspended.pk}/change/"),
    ]:
        answer = client_of(moderator).post(f"{restore}&next={wanted}", {"reason": "Appeal"})
        assert answer.headers["Location"] == expected
        User.objects.filter(pk=suspended.pk).update(is_active=False)


def choose(client: Any, act: str, *people: User) -> Any:
    form = {"action": act, "_selected_action": [person.pk for person in people]}
    return client.post("/admin/accounts/user/", form)


def test_several_people_are_suspended_with_one_reason_and_a_record_each(
    moderator: User, shopper: User, stranger: User, client_of: Any
) -> None:
    client = client_of(moderator)
    address = choose(client, "decide_about_selected", shopper, stranger).headers["Location"]
    page = client.get(address).text
    assert shopper.name in page
    assert stranger.name in page
    assert client.post(address, FORM | {"reason": ""}).status_code == 400
    assert not AuditEntry.objects.exists()
    assert client.post(address, FORM | {"reason": "Ring of scammers"}).status_code == 302
    assert not User.objects.filter(pk__in=[shopper.pk, stranger.pk], is_active=True).exists()
    assert AuditEntry.objects.filter(reason="Ring of scammers").count() == 2
    address = choose(client, "restore_selected", shopper).headers["Location"]
    client.post(address, {"reason": "Appeal"})
    assert User.objects.get(pk=shopper.pk).is_active
    assert not User.objects.get(pk=stranger.pk).is_active


def test_of_several_people_nobody_is_suspended_if_one_may_not_be(
    moderator: User, shopper: User, chief: User, client_of: Any
) -> None:
    client = client_of(moderator)
    address = choose(client, "decide_about_selected", shopper, chief).headers["Location"]
    assert client.post(address, FORM | {"reason": "Scam"}).status_code == 403
    assert User.objects.filter(pk__in=[shopper.pk, chief.pk], is_active=True).count() == 2
    assert not AuditEntry.objects.exists()


def test_of_several_people_those_suspended_before_are_named(
    moderator: User, chief: User, shopper: User, stranger: User, client_of: Any
) -> None:
    seen = {"seen": Decision.objects.get(person=suspend(chief, shopper.pk, "Scam")).pk}
    client = client_of(moderator)
    both = choose(client, "decide_about_selected", shopper, stranger).headers["Location"]
    page = client.post(both, FORM | seen | {"reason": "Ring"}, follow=True).text
    assert "Done for 1 of 2" in page
    assert "in force already" in page
    assert Decision.objects.get(facts="Ring").person == stranger
    answer = client.post(both, FORM | {"reason": "Ring again"})
    assert answer.status_code == 409
    assert "Sam Okoro did that on" in answer.text
    assert not AuditEntry.objects.filter(reason="Ring again").exists()


@pytest.mark.parametrize("query", ["", "?person=", "?person=0", "?person=x", "?person=" + "9" * 30])
def test_nobody_named_is_nobody_found(query: str, moderator: User, client_of: Any) -> None:
    address = f"{RESTORE}{query}"
    assert client_of(moderator).get(address).status_code == 404


def change(client: Any, person: User, **fields: Any) -> Any:
    form = {"name": person.name, "role": person.role, **fields}
    return client.post(f"/admin/accounts/user/{person.pk}/change/", form)


def test_only_superusers_give_rights_and_that_is_on_record(
    moderator: User, chief: User, shopper: User, client_of: Any, grant: Callable[..., None]
) -> None:
    grant(moderator, "change_user")
    change(client_of(moderator), shopper, name="Lucía R.", role="seller", is_staff="on")
    person = User.objects.get(pk=shopper.pk)
    assert (person.name, person.role, person.is_staff) == ("Lucía R.", "consumer", False)
    change(client_of(chief), shopper, role="seller", is_staff="on")
    person = User.objects.get(pk=shopper.pk)
    assert (person.role, person.is_staff) == ("seller", True)
    last = AuditEntry.objects.first()
    assert last is not None
    assert (last.actor, last.verb, last.subject) == (chief, "user.changed", f"user:{shopper.pk}")
    assert "taff" in last.reason


def test_a_form_cannot_switch_the_account_its_address_or_its_password(
    chief: User, shopper: User, client_of: Any
) -> None:
    password = shopper.password
    answer = change(
        client_of(chief), shopper, email="x@example.com", password="x", is_superuser="on"
    )
    assert answer.status_code == 302
    person = User.objects.get(pk=shopper.pk)
    assert (person.email, person.password, person.is_active) == (shopper.email, password, True)
    assert not person.is_superuser
    assert password not in client_of(chief).get(f"/admin/accounts/user/{shopper.pk}/change/").text


def test_moderators_do_not_change_staff(
    moderator: User, chief: User, client_of: Any, grant: Callable[..., None]
) -> None:
    grant(moderator, "change_user")
    assert change(client_of(moderator), chief, name="Nobody").status_code == 403
    assert User.objects.get(pk=chief.pk).name == "Chief"


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("moderator", "/admin/messaging/case/"),
        ("chief", "/admin/messaging/case/"),
        ("helper", "/conversations/"),  # has no permission to see cases
        ("shopper", "/conversations/"),
        ("seller", "/conversations/"),
    ],
)
def test_staff_start_with_the_desk_and_others_with_their_inbox(
    name: str, leads_to: str, request: pytest.FixtureRequest, client_of: Any
) -> None:
    person = request.getfixturevalue(name)
    prove(person)
    form = {"login": person.email, "password": PASSWORD}
    assert client_of(None).post("/accounts/login/", form)["Location"] == leads_to
    wanted = client_of(None).post("/accounts/login/?next=/products/", form)
    assert wanted["Location"] == "/products/"


def test_staff_who_sell_start_with_their_inbox(moderator: User, client_of: Any) -> None:
    moderator.role = User.Role.SELLER
    moderator.save()
    prove(moderator)
    form = {"login": moderator.email, "password": PASSWORD}
    assert client_of(None).post("/accounts/login/", form)["Location"] == "/conversations/"
