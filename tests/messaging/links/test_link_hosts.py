"""The list of hosts: staff change it, and processes cache it for a while."""

import asyncio
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging import link_hosts, message_warnings, sweeps
from messaging.factories import MessageFactory
from messaging.models import Conversation, LinkHost
from tests.staff.addresses import address
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the list, in seconds; it stands still."""
    clock = [1000.0]
    monkeypatch.setattr(link_hosts, "monotonic", lambda: clock[0])
    link_hosts.forget()
    return clock


def block(host: str = "evil.example") -> None:
    LinkHost.objects.create(host=host, action="block")


def test_it_is_read_again_once_it_is_too_old(now: list[float], settings: Any) -> None:
    assert link_hosts.action_for("evil.example") == ""
    block()
    now[0] += settings.LINK_HOSTS_SECONDS - 0.1
    assert link_hosts.action_for("evil.example") == ""
    now[0] += 0.1
    assert link_hosts.action_for("evil.example") == "block"


def test_the_event_loop_never_reads_it(now: list[float], settings: Any) -> None:
    block()

    async def ask() -> str:
        return link_hosts.action_for("evil.example")

    with CaptureQueriesContext(connection) as asked:
        assert asyncio.run(ask()) == ""
    assert len(asked) == 0
    assert link_hosts.refresh(50) == 0
    assert asyncio.run(ask()) == "block"


def test_each_process_reads_it_before_it_is_too_old(now: list[float], settings: Any) -> None:
    assert message_warnings.refresh in sweeps.SWEEPS
    message_warnings.refresh(50)
    block()
    age = 0.0
    while link_hosts._listed == {}:  # as the loop of `messaging.due` does
        age += settings.DUE_SECONDS
        now[0] += settings.DUE_SECONDS
        message_warnings.refresh(50)
    assert age + settings.DUE_SECONDS <= settings.LINK_HOSTS_SECONDS


def test_without_the_database_what_is_known_still_holds(
    now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    block()
    assert link_hosts.action_for("evil.example") == "block"
    link_hosts.forget()

    def fail(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(LinkHost.objects, "values_list", fail)
    assert link_hosts.action_for("evil.example") == "block"


def test_forty_messages_with_links_read_it_once_at_most(
    seller: User, conversation: Conversation, client_of: Any
) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(conversation.get_absolute_url())
        return sum("linkhost" in query["sql"] for query in asked)

    client = client_of(seller)
    MessageFactory.create_batch(3, conversation=conversation, body="No link")
    assert reads() == 0
    MessageFactory.create_batch(37, conversation=conversation, body="https://a.example/x")
    assert reads() == 1
    assert reads() == 0


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("evil.example", "evil.example"),
        (" HTTPS://WWW.Evil.example:443/x?y#z ", "www.evil.example"),
        ("https://shop.example@evil.example/", "evil.example"),
        ("evil.example.", "evil.example"),
        ("*.evil.example", "evil.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_staff_can_paste_an_address(
    typed: str, host: str, moderator: User, client_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    assert message_warnings.link_at(f"https://{host}", 0)
    with django_capture_on_commit_callbacks(execute=True):
        form = {"host": typed, "action": "block", "note": ""}
        assert client_of(moderator).post(address(LinkHost, "add/"), form).status_code == 302
    row = LinkHost.objects.get()
    assert (row.host, row.action) == (host, "block")
    assert link_hosts.action_for(host) == "block"
    entry = AuditEntry.objects.get(verb="linkhost.added")
    assert (entry.actor_id, entry.subject) == (moderator.pk, f"linkhost:{row.pk}")


@pytest.mark.parametrize(
    "typed",
    ["", "com", "co.uk", "localhost", "shop.test", "www.shop.test", "127.0.0.1", "a b.com", "…"],
)
def test_what_is_no_host_of_somebody_else_is_refused(
    typed: str, moderator: User, client_of: Any
) -> None:
    form = {"host": typed, "action": "block", "note": ""}
    assert client_of(moderator).post(address(LinkHost, "add/"), form).status_code == 200
    assert not LinkHost.objects.exists()


def test_changes_and_deletions_are_recorded_and_hold_at_once(
    moderator: User, client_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = LinkHost.objects.create(host="evil.example", action="warn")
    assert link_hosts.action_for("evil.example") == "warn"
    client, page = client_of(moderator), address(LinkHost, f"{row.pk}/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{page}change/", {"host": "evil.example", "action": "block", "note": ""})
    assert link_hosts.action_for("evil.example") == "block"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{page}delete/", {"post": "yes"})
    assert link_hosts.action_for("evil.example") == ""
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "reason")
    assert list(verbs) == [
        ("linkhost.changed", "action: warn → block"),
        ("linkhost.deleted", "evil.example"),
    ]


def test_others_dont_reach_it(shopper: User, seller: User, client_of: Any) -> None:
    for person in (shopper, seller):
        form = {"host": "evil.example", "action": "block", "note": ""}
        assert client_of(person).post(address(LinkHost, "add/"), form).status_code in (302, 403)
    assert not LinkHost.objects.exists()
