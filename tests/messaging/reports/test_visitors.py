"""People without an account report products and shops, as the Digital Services Act requires."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, Report
from messaging.moderation import actions as moderation

pytestmark = pytest.mark.django_db

FORM = {
    "reason": "counterfeit",
    "words": "I drew this, and they print it.",
    "name": "Vera Luz",
    "email": "Vera@example.com",
    "good_faith": "on",
}


@pytest.fixture(params=["product", "shop"])
def address(request: Any, product: Product) -> str:
    thing = product if request.param == "product" else product.shop
    return f"{thing.get_absolute_url()}report/"


def link_in(sent: Any) -> str:
    (link,) = re.findall(r"http://shop\.test(/\S+)", str(sent.body))
    return str(link)


def test_a_visitor_gets_a_mail_with_a_link_to_the_report(address: str) -> None:
    visitor = Client()
    assert "good faith" in visitor.get(address).text
    answer = visitor.post(address, FORM, follow=True)
    assert "We've sent you an email" in answer.text
    report = Report.objects.get()
    assert (report.reporter, report.visitor_name) == (None, "Vera Luz")
    assert report.visitor_email == "vera@example.com"
    (sent,) = mail.outbox
    assert sent.to == ["vera@example.com"]
    assert "received your report" in str(sent.subject)
    page = Client().get(link_in(sent))
    assert page.headers["Cache-Control"] == "private, no-store"
    for words in ("Being looked at", FORM["words"], "Counterfeit"):
        assert words in page.text


def test_the_mail_repeats_nothing_that_the_visitor_wrote(address: str) -> None:
    """Otherwise, anybody could use the email to send text to somebody else."""
    words = {"words": "Buy at https://evil.example", "name": "Cheap Watches evil.example"}
    assert Client().post(address, FORM | words).status_code == 302
    (sent,) = mail.outbox
    assert "evil" not in f"{sent.subject} {sent.body}"


@pytest.mark.parametrize("missing", ["name", "email", "words", "good_faith", "reason"])
def test_what_the_law_asks_for_is_required(missing: str, address: str) -> None:
    answer = Client().post(address, {**FORM, missing: ""})
    assert answer.status_code == 400
    assert missing in answer.context["form"].errors
    assert not Report.objects.exists()
    assert mail.outbox == []


def test_what_endangers_children_needs_no_name(address: str) -> None:
    form = {**FORM, "reason": "child_safety", "name": "", "email": ""}
    answer = Client().post(address, form, follow=True)
    assert "Keep the address of this page" in answer.text
    assert answer.redirect_chain[0][0].startswith("/reports/")
    assert Report.objects.get().visitor_email == ""
    assert mail.outbox == []
    # Without an address, two of them are two reports.
    Client().post(address, form)
    assert Report.objects.count() == 2


def test_the_same_address_reports_a_thing_once_and_the_page_doesn_t_tell(address: str) -> None:
    first = Client().post(address, FORM, follow=True)
    again = Client().post(address, {**FORM, "words": "Other words"}, follow=True)
    assert again.redirect_chain == first.redirect_chain
    assert Report.objects.get().words == FORM["words"]
    assert len(mail.outbox) == 1


def test_reports_are_limited_by_network_address(address: str, settings: Any) -> None:
    settings.VISITOR_REPORTS_PER_HOUR = 2
    answers = [
        Client().post(address, {**FORM, "email": f"v{number}@example.com"}).status_code
        for number in range(3)
    ]
    assert answers == [302, 302, 429]
    elsewhere = Client().post(address, FORM, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302
    assert Report.objects.count() == 3


def test_nobody_s_mailbox_is_flooded(product: Product, settings: Any) -> None:
    settings.REPORT_MAILS_PER_DAY = 1
    for thing in (product, product.shop):
        Client().post(f"{thing.get_absolute_url()}report/", FORM)
    assert Report.objects.count() == 2
    assert len(mail.outbox) == 1


def test_without_a_mail_server_the_page_has_the_link(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    answer = Client().post(address, FORM, follow=True)
    assert "Keep the address of this page" in answer.text
    assert Report.objects.count() == 1


def test_a_changed_link_opens_nothing(address: str, shopper: User) -> None:
    visitor = Client()
    visitor.post(address, FORM)
    link = link_in(mail.outbox[0])
    assert visitor.get(link).status_code == 200
    report = Report.objects.get()
    for wrong in (
        "/reports/1/",
        f"/reports/{report.pk}:x/",
        f"{link[:-2]}/",
        f"/reports/9{link[9:]}",
    ):
        assert visitor.get(wrong).status_code == 404, wrong
    assert Client().get(report.get_absolute_url()).status_code == 302  # to the login
    Report.objects.update(reporter=shopper, visitor_email="", visitor_name="")
    assert visitor.get(link).status_code == 404


@pytest.mark.parametrize(
    ("language", "outcome", "words"),
    [
        ("en", "upheld", "We took action because of your report about"),
        ("en", "dismissed", "found nothing against our rules"),
        ("es", "dismissed", "no hemos visto nada contrario a nuestras normas"),
    ],
)
def test_the_outcome_is_mailed_in_the_visitors_language(
    language: str,
    outcome: str,
    words: str,
    address: str,
    moderator: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    visitor = Client(headers={"accept-language": language})
    visitor.post(address, FORM)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.resolve_report(moderator, Report.objects.get().pk, outcome, "Sam looked")
    receipt, sent = mail.outbox
    text = " ".join(str(sent.body).split())
    assert words in text
    assert ("mistake" if language == "en" else "error") in text
    assert not [name for name in (moderator.name, "Sam looked") if name in text]
    page = visitor.get(link_in(sent)).text
    assert link_in(sent) == link_in(receipt)
    assert words in page
    assert moderator.name not in page


def test_messages_and_people_need_an_account(conversation: Conversation, seller: User) -> None:
    at = conversation.get_absolute_url()
    for path in (f"{at}report/", f"{at}people/{seller.pk}/report/", "/conversations/reports/"):
        answer = Client().get(path)
        assert answer.headers["Location"].startswith("/accounts/login/"), path
