"""Leads write, send and withdraw announcements; other staff read them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from notifications.announcements import actions
from notifications.factories import AnnouncementFactory
from notifications.models import Announcement, ReadAnnouncement
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

LIST = "/admin/notifications/announcement/"
FORM = {
    "audience": "sellers",
    "title_en": "New fees",
    "text_en": "From May on.",
    "title_es": "Tarifas nuevas",
    "text_es": "Desde mayo.",
    "link": "/products/",
    "shown_days": "7",
}


def of(row: Announcement, act: str = "change") -> str:
    return f"{LIST}{row.pk}/{act}/"


def acts() -> list[str]:
    """Return the audit trail's entries about announcements."""
    entries = AuditEntry.objects.filter(subject__startswith="announcement:").order_by("pk")
    return list(entries.values_list("verb", flat=True))


def sending(row: Announcement) -> dict[str, str]:
    return {"reason": "New fees", "version": actions.version_of(row)}


def test_a_lead_writes_sends_and_withdraws_one_with_an_entry_each(
    lead: User, seller: User, client_of: Any
) -> None:
    client = client_of(lead)
    assert client.post(f"{LIST}add/", FORM).status_code == 302
    row = Announcement.objects.get()
    assert row.state == "draft"
    assert row.text_in("es") == ("Tarifas nuevas", "Desde mayo.")
    assert client.post(of(row), FORM | {"title_en": "Lower fees"}).status_code == 302
    row.refresh_from_db()
    assert row.text_in("en") == ("Lower fees", "From May on.")
    page = client.get(of(row, "send"))
    for words in ("Lower fees", "Desde mayo.", "1 person gets it", "Comunicado de Trato"):
        assert words in page.text
    assert client.post(of(row, "send"), sending(row)).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.people) == ("sent", 1)
    assert row.sent_at is not None
    assert row.expires_at == row.sent_at + timedelta(days=7)
    assert client.post(of(row, "withdraw"), {"reason": "Wrong day"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert acts() == [f"announcement.{verb}" for verb in ("added", "changed", "sent", "withdrawn")]


def test_others_of_staff_read_and_change_nothing(
    moderator: User, auditor: User, helper: User, client_of: Any
) -> None:
    draft, sent = AnnouncementFactory(), AnnouncementFactory(sent=True)
    stored = [*Announcement.objects.values()]
    for person in (moderator, auditor, helper):
        client, status = client_of(person), 403 if person is helper else 200
        assert client.get(LIST).status_code == status
        for row in (draft, sent):
            page = client.get(of(row))
            assert page.status_code == status
            assert ("Precios nuevos" in page.text) == (status == 200)
            assert client.post(of(row), FORM).status_code == 403
            assert client.post(of(row, "delete"), {"post": "yes"}).status_code == 403
            for act in ("send", "withdraw"):
                assert client.get(of(row, act)).status_code == 403
                assert client.post(of(row, act), sending(row)).status_code == 403
        assert client.post(f"{LIST}add/", FORM).status_code == 403
    assert [*Announcement.objects.values()] == stored
    assert acts() == []


def test_people_reach_no_page_of_it(shopper: User, seller: User, client_of: Any) -> None:
    row = AnnouncementFactory()
    for person in (shopper, seller, None):
        for page in (LIST, of(row), of(row, "send"), of(row, "withdraw")):
            answer = client_of(person).get(page)
            assert answer.headers["Location"].startswith("/admin/login/")


def test_two_clicks_send_once(lead: User, client_of: Any) -> None:
    row, client = AnnouncementFactory(), client_of(lead)
    answers = [client.post(of(row, "send"), sending(row)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "This announcement has already been sent." in answers[1].text
    assert acts() == ["announcement.sent"]


@pytest.mark.django_db(transaction=True)
def test_leads_who_send_at_once_send_once_and_keep_the_limit(lead: User, settings: Any) -> None:
    settings.ANNOUNCEMENTS_PER_DAY = 2
    rows = [AnnouncementFactory(texts=AnnouncementFactory.build().texts) for _ in range(4)]

    def send(row: Announcement) -> str:
        try:
            actions.send(lead, row.pk, "News", actions.version_of(row))
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, rows * 2))
    assert results.count("sent") == 2
    assert Announcement.objects.filter(state="sent").count() == 2
    assert acts() == ["announcement.sent"] * 2


@pytest.mark.parametrize(
    ("texts", "missing"),
    [
        ({"en": {"title": "Only", "text": "English"}}, "Spanish"),
        ({"en": {"title": "A", "text": "B"}, "es": {"title": "\u200b", "text": "C"}}, "Spanish"),
        ({}, "English, Spanish"),
    ],
)
def test_an_unfilled_language_cant_be_sent(
    texts: dict[str, Any], missing: str, lead: User, client_of: Any
) -> None:
    row, client = AnnouncementFactory(texts=texts), client_of(lead)
    assert missing in client.get(of(row)).text
    assert of(row, "send") not in client.get(of(row)).text
    answer = client.post(of(row, "send"), sending(row))
    assert answer.status_code == 400
    assert f"Title or text is missing in: {missing}." in answer.text
    row.refresh_from_db()
    assert row.state == "draft"
    assert acts() == []


def test_nobody_sends_what_they_did_not_read(lead: User) -> None:
    row = AnnouncementFactory()
    version = actions.version_of(row)
    Announcement.objects.update(audience="sellers")
    with pytest.raises(ValidationError, match="Somebody has changed the announcement"):
        actions.send(lead, row.pk, "News", version)
    row.refresh_from_db()
    assert actions.send(lead, row.pk, "News", actions.version_of(row)).state == "sent"


def test_only_so_many_are_sent_within_a_day(lead: User) -> None:
    most = settings.ANNOUNCEMENTS_PER_DAY
    rows = AnnouncementFactory.create_batch(most + 1)
    for row in rows[:most]:
        actions.send(lead, row.pk, "News", actions.version_of(row))
    with pytest.raises(ValidationError, match="within a day"):
        actions.send(lead, rows[-1].pk, "News", actions.version_of(rows[-1]))
    Announcement.objects.filter(pk=rows[0].pk).update(sent_at=timezone.now() - timedelta(days=2))
    assert actions.send(lead, rows[-1].pk, "News", actions.version_of(rows[-1])).state == "sent"


@pytest.mark.parametrize("state", ["sent", "withdrawn"])
def test_what_was_sent_can_neither_be_changed_nor_deleted(
    state: str, chief: User, client_of: Any
) -> None:
    row, client = AnnouncementFactory(sent=True), client_of(chief)
    Announcement.objects.update(state=state)
    stored = Announcement.objects.values().get()
    assert client.post(of(row), FORM).status_code == 403
    assert client.post(of(row, "delete"), {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(LIST, form)
    assert Announcement.objects.values().get() == stored
    assert client.post(of(AnnouncementFactory(), "delete"), {"post": "yes"}).status_code == 302
    assert Announcement.objects.count() == 1


def test_a_draft_or_what_is_withdrawn_cant_be_withdrawn(lead: User) -> None:
    for state in ("draft", "withdrawn"):
        row = AnnouncementFactory(state=state)
        with pytest.raises(AlreadyDone):
            actions.withdraw(lead, row.pk, "Wrong")
    assert acts() == []


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)",
        "products/", "/no/such/page/", "/products/\n", "\\\\evil.example", "data:text/html,x",
        "/products/../../x y",
    ],
)  # fmt: skip
def test_a_link_leads_to_a_page_of_this_site_only(link: str, lead: User, client_of: Any) -> None:
    answer = client_of(lead).post(f"{LIST}add/", FORM | {"link": link})
    if answer.status_code == 302:  # a line break at the end is cut off
        assert Announcement.objects.get().link == link.strip() == "/products/"
    else:
        assert "Enter the address of a page of this site" in answer.text
        assert not Announcement.objects.exists()


@pytest.mark.parametrize("link", ["", "/", "/products/?q=bowl#list"])
def test_own_pages_may_be_linked(link: str, lead: User, client_of: Any) -> None:
    assert client_of(lead).post(f"{LIST}add/", FORM | {"link": link}).status_code == 302
    assert Announcement.objects.get().link == link


def test_control_characters_are_refused(lead: User, client_of: Any) -> None:
    for text in ("a\x00b", "a\x1bb", "a\u0085b"):
        answer = client_of(lead).post(f"{LIST}add/", FORM | {"text_es": text})
        assert answer.status_code == 200
    assert not Announcement.objects.exists()


def test_a_change_meanwhile_is_not_overwritten_unseen(lead: User, client_of: Any) -> None:
    row, client = AnnouncementFactory(), client_of(lead)
    shown = {f"initial-{name}": value for name, value in FORM.items()}
    shown |= {"initial-title_en": "Seen before"}
    answer = client.post(of(row), FORM | shown | {"title_en": "Mine"})
    assert answer.status_code == 200
    assert "Somebody has changed this to “New prices”" in answer.text
    row.refresh_from_db()
    assert row.text_in("en").title == "New prices"


def test_old_ones_are_purged_with_their_marks(shopper: User, lead: User) -> None:
    old, kept, draft = AnnouncementFactory(sent=True), AnnouncementFactory(sent=True), None
    draft = AnnouncementFactory(created_at=timezone.now() - timedelta(days=900))
    for row in (old, kept):
        assert actions.mark_read(shopper, row.pk)
    days = settings.ANNOUNCEMENTS_KEEP_DAYS
    for row, age in ((old, days + 1), (kept, days - 1)):
        expired = timezone.now() - timedelta(days=age)
        Announcement.objects.filter(pk=row.pk).update(expires_at=expired)
    call_command("purge_expired", "--delete")
    assert {*Announcement.objects.all()} == {kept, draft}
    assert ReadAnnouncement.objects.get().announcement == kept
