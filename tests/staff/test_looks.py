"""Both sides later see when and why staff looked, but never who looked or what they wrote."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory
from messaging.cases import claims
from messaging.cases.actions import close_case, open_case
from messaging.desk import actions as desk
from messaging.factories import ConversationFactory
from messaging.models import Case, Conversation, Look, Message
from messaging.moderation import actions as moderation
from messaging.staff_looks import queries
from tests.threads import in_threads
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

SUBJECT = "message:1"
LINK = "When staff looked"


@pytest.fixture
def case(said: Message) -> Case:
    return opened(said.conversation, Case.Kind.REPORT)


def opened(conversation: Conversation, kind: str) -> Case:
    open_case(kind, SUBJECT, conversation_id=conversation.pk)
    return Case.objects.latest("pk")


def long_ago(**more: Any) -> None:
    """Make all looks older than the delay."""
    Look.objects.update(created_at=timezone.now() - timedelta(hours=25), **more)


def reasons(conversation: Conversation) -> list[str]:
    conversation.refresh_from_db()
    assert queries.any_shown(conversation) == queries.shown(conversation).exists()
    return [look.why for look in queries.shown(conversation).order_by("pk")]


@pytest.mark.parametrize("reason", ["", " \u200b\n"])
def test_without_a_reason_nobody_looks(moderator: User, said: Message, reason: str) -> None:
    with pytest.raises(ValidationError):
        moderation.look(moderator, said.conversation_id, reason)
    assert not AuditEntry.objects.exists()
    assert not Look.objects.exists()
    assert not Conversation.objects.get().has_looks


def test_the_form_of_the_thread_asks_for_a_reason(
    moderator: User, said: Message, client_of: Any
) -> None:
    client = client_of(moderator)
    path = f"/admin/messaging/conversation/{said.conversation_id}/thread/"
    assert '<textarea name="reason"' in client.get(path).text
    for reason in ("", "\u200b"):
        answer = client.post(path, {"reason": reason})
        assert answer.status_code == 400
        assert "errorlist" in answer.text
        assert "555 123" not in answer.text
    assert not AuditEntry.objects.exists()
    page = client.post(path, {"reason": "Asked by the police"}, follow=True).text
    assert "555 123" in page
    assert AuditEntry.objects.get().reason == "Asked by the police"


def test_a_look_is_shown_a_day_later_and_says_nothing_about_its_author(
    moderator: User, shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    talk = said.conversation
    moderation.look(moderator, talk.pk, "She is a celebrity")
    assert reasons(talk) == []
    Look.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert reasons(talk) == []
    long_ago()
    assert reasons(talk) == ["own"]
    for person in (shopper, seller):
        page = client_of(person).get(f"{talk.get_absolute_url()}looks/").text
        assert "To check whether our rules are kept" in page
        assert "celebrity" not in page
        assert moderator.name not in page
        assert moderator.email not in page


def test_the_menu_leads_to_looks_only_once_there_is_one_to_show(
    moderator: User, seller: User, said: Message, client_of: Any
) -> None:
    client, address = client_of(seller), said.conversation.get_absolute_url()
    assert LINK not in client.get(address).text
    moderation.look(moderator, said.conversation_id, "Odd")
    assert LINK not in client.get(address).text
    long_ago()
    assert f'href="{address}looks/"' in client.get(address).text
    other = ConversationFactory(consumer=said.conversation.consumer, product=ProductFactory())
    assert reasons(other) == []  # those of another conversation are not its own


def test_where_staff_never_looked_the_page_asks_nothing(
    moderator: User, seller: User, said: Message, client_of: Any
) -> None:
    client: Client = client_of(seller)
    client.get(said.conversation.get_absolute_url())

    def tables() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            client.get(said.conversation.get_absolute_url())
        return sum("messaging_look" in query["sql"] for query in queries_made)

    assert tables() == 0
    moderation.look(moderator, said.conversation_id, "Odd")
    assert tables() == 1


def test_looks_for_a_case_are_not_shown_while_it_is_open(moderator: User, case: Case) -> None:
    assert case.conversation is not None
    desk.take(moderator, case.pk)
    long_ago()
    assert reasons(case.conversation) == []
    close_case(case.kind, SUBJECT)
    assert reasons(case.conversation) == ["report"]


@pytest.mark.parametrize("kind", Case.Kind.values)
def test_why_says_what_kind_of_case_it_was(kind: str, moderator: User, said: Message) -> None:
    desk.take(moderator, opened(said.conversation, kind).pk)
    close_case(kind, SUBJECT)
    long_ago()
    assert reasons(said.conversation) == [kind]


def test_who_works_on_a_case_looks_for_it_on_the_page_of_the_thread_too(
    moderator: User, chief: User, case: Case
) -> None:
    talk = case.conversation
    assert talk is not None
    desk.take(moderator, case.pk)
    moderation.look(moderator, talk.pk, "What came later")
    moderation.look(chief, talk.pk, f"case:{case.pk}")  # which somebody else is working on
    assert list(Look.objects.order_by("pk").values_list("case", "why")) == [
        (case.pk, "report"), (case.pk, "report"), (None, "own")
    ]  # fmt: skip
    long_ago()
    assert reasons(talk) == ["own"]


def test_a_case_that_is_kept_quiet_is_shown_after_that(moderator: User, case: Case) -> None:
    talk, now = case.conversation, timezone.now()
    assert talk is not None
    desk.take(moderator, case.pk)
    desk.keep_quiet(moderator, case.pk, now + timedelta(days=7), "They destroy evidence")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.subject, entry.reason) == (
        "case.kept_quiet", f"case:{case.pk}", "They destroy evidence"
    )  # fmt: skip
    close_case(case.kind, SUBJECT)
    long_ago()
    assert reasons(talk) == []
    Case.objects.update(quiet_until=now - timedelta(seconds=1))
    assert reasons(talk) == ["report"]


@pytest.mark.parametrize(
    ("days", "reason"), [(-1, "why"), (0, "why"), (91, "why"), (7, ""), (7, " ")]
)
def test_it_is_kept_quiet_for_a_time_with_a_reason_only(
    days: int, reason: str, moderator: User, case: Case
) -> None:
    until = timezone.now() + timedelta(days=days)
    with pytest.raises(ValidationError):
        desk.keep_quiet(moderator, case.pk, until, reason)
    case.refresh_from_db()
    assert case.quiet_until is None
    assert not AuditEntry.objects.exists()


def test_only_who_works_on_an_open_case_keeps_it_quiet(
    moderator: User, chief: User, helper: User, seller: User, case: Case
) -> None:
    until = timezone.now() + timedelta(days=7)
    for person in (helper, seller):
        with pytest.raises(PermissionDenied):
            desk.keep_quiet(person, case.pk, until, "why")
    desk.take(chief, case.pk)
    with pytest.raises(claims.Claimed):
        desk.keep_quiet(moderator, case.pk, until, "why")
    assert desk.keep_quiet(chief, case.pk, until, "why").quiet_until == until
    close_case(case.kind, SUBJECT)
    with pytest.raises(Case.DoesNotExist):
        desk.keep_quiet(chief, case.pk, until, "why")


def test_the_page_of_a_case_asks_until_when_it_is_kept_quiet(
    moderator: User, case: Case, client_of: Any
) -> None:
    client = client_of(moderator)
    desk.take(moderator, case.pk)
    path = f"/admin/messaging/case/{case.pk}/"
    assert f'href="{path}quiet/"' in client.get(f"{path}change/").text
    day = timezone.localdate() + timedelta(days=90)
    assert f'max="{day.isoformat()}"' in client.get(f"{path}quiet/").text
    late = {"until": (day + timedelta(days=2)).isoformat(), "reason": "Evidence"}
    answer = client.post(f"{path}quiet/", late)
    assert answer.status_code == 400
    assert "at most 90 days ahead" in answer.text
    answer = client.post(f"{path}quiet/", {**late, "until": day.isoformat()})
    assert answer["Location"] == f"{path}change/"
    case.refresh_from_db()
    assert case.quiet_until
    assert timezone.localtime(case.quiet_until).date() == day
    assert "Neither side learns before" in client.get(f"{path}change/").text
    close_case(case.kind, SUBJECT)
    assert client.get(f"{path}quiet/").status_code == 404


def test_looks_come_in_pages_the_newest_first(
    seller: User, said: Message, client_of: Any, settings: Any
) -> None:
    settings.LOOKS_PAGE_SIZE = 2
    long = timezone.now() - timedelta(days=3)
    for number, why in enumerate(("report", "appeal", "own")):
        at = long + timedelta(hours=number)
        Look.objects.create(conversation=said.conversation, why=why, created_at=at)
    client, path = client_of(seller), f"{said.conversation.get_absolute_url()}looks/"
    page = client.get(path)
    assert page.text.index("whether our rules are kept") < page.text.index("of an appeal")
    older = client.get(f"{path}?before={page.context['page'].older}").text
    assert "whether our rules are kept" in older
    assert "of an appeal" not in older


def test_nobody_learns_from_a_look_that_something_was_reported() -> None:
    assert Look.Why("report").label == Look.Why("held").label == Look.Why("own").label


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_who_look_at_once_are_both_on_record(moderator: User, said: Message) -> None:
    in_threads(4, lambda: moderation.look(moderator, said.conversation_id, "Odd"))
    assert Look.objects.count() == AuditEntry.objects.count() == 4
    assert Conversation.objects.get().has_looks
