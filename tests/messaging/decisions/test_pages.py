"""A person's standing page, and the pages on which staff decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from catalog.models import Product
from messaging.appeals.actions import appeal
from messaging.appeals.actions import decide as decide_appeal
from messaging.models import Appeal, Conversation, Decision, Message, Report
from messaging.reports.actions import report_message
from tests.messaging.decisions.conftest import REASONS
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]
STANDING = "/conversations/standing/"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FORM = {
    "reason": REASONS["facts"], "ground": "terms", "clause": "No payments elsewhere",
    "explanation": REASONS["explanation"], "seen": 0,
}  # fmt: skip


def test_a_person_reads_what_was_decided_and_appeals(
    ruled: Ruled, shopper: User, said: Message, moderator: User, lead: User, client_of: Any
) -> None:
    client = client_of(shopper)
    assert "there are no decisions about you" in client.get(STANDING).text
    decision = ruled(shopper, "remove", message_id=said.pk)
    page = client.get(STANDING).text
    address = f"{STANDING}{decision.pk}/"
    assert "We removed your message" in page
    assert address in page
    page = client.get(address).text
    for part in (REASONS["facts"], REASONS["clause"], REASONS["explanation"], "noticed it"):
        assert escape(part) in page
    assert "without automatic means" in page
    answer = client.post(address, {"words": "It was a joke"}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "looking at your appeal" in answer.text
    decide_appeal(lead, Appeal.objects.get().pk, "upheld", "It was no joke for them.")
    page = client.get(address).text
    assert "It was no joke for them." in page
    for name in (moderator.name, lead.name, moderator.email, lead.email):
        assert name not in page + client.get(STANDING).text + client.get("/notifications/").text


def test_only_a_link_of_ours_marks_a_decision_as_read(
    ruled: Ruled, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    address = f"{STANDING}{ruled(shopper, 'mute').pk}/"

    def unread() -> int:
        count: int = client.get("/notifications/unread/").json()["unread"]
        return count

    for origin in ("cross-site", "same-site", "none"):
        assert client.get(address, headers={"sec-fetch-site": origin}).status_code == 200
        assert client.get(address).status_code == 200
        assert unread() == 1
    client.get(address, headers={"sec-fetch-site": "same-origin"})
    assert unread() == 0


def test_the_page_is_spanish_for_those_who_read_spanish(
    ruled: Ruled, shopper: User, client_of: Any
) -> None:
    decision = ruled(shopper, "mute")
    client = client_of(shopper)
    client.cookies["django_language"] = "es"
    page = client.get(f"{STANDING}{decision.pk}/", headers={"Accept-Language": "es"}).text
    for part in ("Te hemos silenciado", "Va contra nuestras normas", "Enviar el recurso"):
        assert part in page


def test_a_suspended_person_reads_why_and_appeals_in_their_session(
    ruled: Ruled, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    decision = ruled(shopper, "suspend")
    assert client.get("/conversations/").status_code == 403
    assert STANDING in client.get("/conversations/").text
    assert "Your account is suspended" in client.get(STANDING).text
    address = f"{STANDING}{decision.pk}/"
    assert client.post(address, {"words": "It was my sister"}).status_code == 302
    assert Appeal.objects.get().words == "It was my sister"
    assert Client().get(STANDING).status_code == 302


def test_a_suspended_person_reads_why_after_giving_the_right_password(
    ruled: Ruled, shopper: User
) -> None:
    shopper.set_password("open sesame 77")
    shopper.save()
    ruled(shopper, "suspend")
    for password, status in (("wrong", 302), ("open sesame 77", 200)):
        client = Client()
        client.post("/accounts/login/", {"login": shopper.email, "password": password})
        assert client.get(STANDING).status_code == status
        assert client.get("/conversations/").status_code in (302, 403)
    shopper.set_password("another 88")
    shopper.save()
    assert client.get(STANDING).status_code == 302


def test_a_refused_appeal_says_why(ruled: Ruled, shopper: User, client_of: Any) -> None:
    address = f"{STANDING}{ruled(shopper, 'warn').pk}/"
    client = client_of(shopper)
    assert client.post(address, {"words": " "}).status_code == 400
    Decision.objects.update(appeal_until=timezone.now() - timedelta(days=1))
    answer = client.post(address, {"words": "Too late"})
    assert (answer.status_code, Appeal.objects.count()) == (403, 0)
    assert "is over" in answer.text


def test_the_profile_menu_and_the_notice_lead_there(
    ruled: Ruled, shopper: User, client_of: Any
) -> None:
    decision = ruled(shopper, "warn")
    client = client_of(shopper)
    page = client.get("/notifications/").text
    assert f'href="{STANDING}"' in page
    assert f"{STANDING}{decision.pk}/" in page


def test_staff_decide_from_a_report(
    shopper: User, seller: User, said: Message, moderator: User, client_of: Any
) -> None:
    report = report_message(seller, said.conversation_id, 1, "scam", "")
    client = client_of(moderator)
    address = f"/admin/messaging/decision/decide/?report={report.pk}"
    assert address in client.get(f"/admin/messaging/report/{report.pk}/change/").text
    page = client.get(address).text
    assert "you wrote: “Pay me in gold coins”" in page
    assert client.post(address, FORM | {"measure": "remove"}).status_code == 302
    assert Decision.objects.get().message == said
    assert Report.objects.get().outcome == "upheld"
    again = client.post(address, FORM | {"measure": "warn"})
    assert (again.status_code, Decision.objects.count()) == (409, 1)
    for closed in (again, client.get(address)):  # from now on, a look is recorded
        assert "Pay me in gold coins" not in closed.text


def test_a_message_without_a_report_needs_a_recorded_look(
    said: Message, moderator: User, client_of: Any
) -> None:
    client = client_of(moderator)
    thread = f"/admin/messaging/conversation/{said.conversation_id}/thread/"
    address = f"/admin/messaging/decision/decide/?message={said.pk}"
    for answer in (client.get(address), client.post(address, FORM | {"measure": "remove"})):
        assert (answer.status_code, answer["Location"]) == (302, thread)
    assert not Decision.objects.exists()
    client.post(thread, {"reason": "Odd"})
    assert address in client.get(thread).text
    assert "you wrote: “Pay me in gold coins”" in client.get(address).text
    assert client.post(address, FORM | {"measure": "close"}).status_code == 302
    assert Decision.objects.get().measure == "close"


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "mute"},
        {"measure": "warn", "days": "3"},
        {"measure": "warn", "clause": ""},
        {"measure": "warn", "explanation": ""},
        {"measure": "warn", "reason": ""},
        {"measure": "warn", "reason": "You wrote {{ what }}"},
        {"measure": "remove"},
        {"measure": "dismiss"},
        {"measure": "eat"},
    ],
)
def test_staff_decide_from_a_persons_page_with_all_reasons(
    wrong: dict[str, str], shopper: User, moderator: User, client_of: Any
) -> None:
    client = client_of(moderator)
    address = f"/admin/messaging/decision/decide/?person={shopper.pk}"
    assert address in client.get(f"/admin/accounts/user/{shopper.pk}/change/").text
    assert client.post(address, FORM | wrong).status_code == 400
    assert not Decision.objects.exists()
    assert client.post(address, FORM | {"measure": "mute", "days": "3"}).status_code == 302
    assert Decision.objects.get().measure == "mute"


def test_a_form_that_is_older_than_the_latest_decision_decides_nothing(
    ruled: Ruled, shopper: User, moderator: User, client_of: Any
) -> None:
    ruled(shopper, "warn")
    address = f"/admin/messaging/decision/decide/?person={shopper.pk}"
    answer = client_of(moderator).post(address, FORM | {"measure": "warn"})
    assert (answer.status_code, Decision.objects.count()) == (409, 1)
    assert "meanwhile" in answer.text


def test_staff_decide_appeals_from_the_queue_but_not_their_own(
    ruled: Ruled, shopper: User, moderator: User, lead: User, client_of: Any
) -> None:
    row = appeal(shopper, ruled(shopper, "warn").pk, "No")
    page = f"/admin/messaging/appeal/{row.pk}/change/"
    decide = f"/admin/messaging/appeal/{row.pk}/decide/"
    assert decide not in client_of(moderator).get(page).text
    assert client_of(moderator).get(decide).status_code == 403
    client = client_of(lead)
    assert f"/appeal/{row.pk}/change/" in client.get("/admin/messaging/appeal/").text
    assert decide in client.get(page).text
    assert client.post(decide, {"outcome": "upheld", "reason": ""}).status_code == 400
    before = AuditEntry.objects.count()
    assert client.post(decide, {"outcome": "overturned", "reason": ""}).status_code == 302
    assert AuditEntry.objects.count() == before + 1
    assert f"/appeal/{row.pk}/change/" not in client.get("/admin/messaging/appeal/").text


def test_words_are_shown_as_text_everywhere(
    ruled: Ruled, shopper: User, seller: User, said: Message, lead: User, client_of: Any
) -> None:
    User.objects.filter(pk=shopper.pk).update(name=HOSTILE[:60])
    Conversation.objects.update(product_title=HOSTILE)
    Message.objects.update(body=HOSTILE)
    report = report_message(seller, said.conversation_id, 1, "scam", HOSTILE)
    hostile = dict.fromkeys(("facts", "clause", "explanation"), HOSTILE)
    decision = ruled(shopper, "remove", message_id=said.pk, report_id=report.pk, **hostile)
    row = appeal(shopper, decision.pk, HOSTILE)
    staff, person = client_of(lead), client_of(shopper)
    pages = [
        (staff, f"/admin/messaging/decision/decide/?report={report.pk}"),
        (staff, f"/admin/messaging/decision/decide/?person={shopper.pk}"),
        (staff, f"/admin/messaging/appeal/{row.pk}/decide/"),
        (staff, "/admin/messaging/appeal/"),
        (staff, "/admin/messaging/decision/"),
    ]
    _no_markup(pages)
    decide_appeal(lead, row.pk, "upheld", HOSTILE)
    _no_markup(
        [
            (person, STANDING),
            (person, f"{STANDING}{decision.pk}/"),
            (person, "/notifications/"),
            (staff, f"/admin/messaging/appeal/{row.pk}/change/"),
            (staff, f"/admin/messaging/decision/{decision.pk}/change/"),
        ]
    )


def _no_markup(pages: list[tuple[Client, str]]) -> None:
    for client, address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text, address
        assert "<img src=x" not in answer.text, address
        assert "alert(1)" in answer.text, address


def test_the_title_of_a_draft_is_its_owners_own(
    product: Product, moderator: User, client_of: Any
) -> None:
    address, client = (
        f"/admin/messaging/decision/decide/?product={product.pk}",
        client_of(moderator),
    )
    assert product.title in client.get(address).text
    Product.objects.update(published_at=None)
    answer = client.get(address)
    assert (answer.status_code, product.title in answer.text) == (404, False)
    Product.objects.update(hidden_at=timezone.now())  # which staff have seen on sale
    assert product.title in client.get(address).text
