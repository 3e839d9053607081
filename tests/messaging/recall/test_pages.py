"""A recall's pages: who sees them, what they select, and what recipients of a copy read."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.factories import UserFactory
from accounts.models import User
from messaging.models import Look, Message, Recall
from messaging.recall import actions
from messaging.recall.notices import recall_words
from notifications.models import News
from tests.conftest import ClientOf
from tests.messaging.recall.conftest import Sent, order
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

FORM = {
    "ground": "terms",
    "clause": "No fraud",
    "explanation": "It asks for money by deceit.",
    "reason": "You sent a copy of a known scam.",
}


def page_of(message: Message) -> str:
    return reverse("admin:recall", args=[message.pk])


def chosen(client: Client, message: Message) -> dict[str, list[str]]:
    """Search, and return what a browser then sends for an unchanged form."""
    client.post(reverse("admin:recall_search", args=[message.pk]))
    return chosen_now(client, message)


def chosen_now(client: Client, message: Message) -> dict[str, list[str]]:
    groups = client.get(page_of(message)).context["matches"].groups
    rows = {f"message-{one.name}": [str(row.message.pk) for row in one.rows] for one in groups}
    return {"group": [one.name for one in groups], **rows}


def test_copies_are_shown_once_the_search_is_on_record(
    confirmed: Message, sent: Sent, moderator: User, client_of: ClientOf
) -> None:
    sent("Call +34 612 345 678, <b>now</b>")
    client = client_of(moderator)
    page = client.get(page_of(confirmed))
    assert "612 345 678" not in page.text
    assert not AuditEntry.objects.exists()
    client.post(reverse("admin:recall_search", args=[confirmed.pk]))
    page = client.get(page_of(confirmed))
    assert "Call +34 612 345 678, &lt;b&gt;now&lt;/b&gt;" in page.text
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["recall.searched"]


def test_who_has_not_searched_neither_sees_nor_recalls(
    confirmed: Message, moderator: User, auditor: User, client_of: ClientOf
) -> None:
    assert client_of(moderator).post(page_of(confirmed), FORM).status_code == 200
    for person in (auditor, UserFactory(staff=True)):
        client = client_of(person)
        search = reverse("admin:recall_search", args=[confirmed.pk])
        assert client.get(page_of(confirmed)).status_code == 403
        assert client.post(search).status_code == 403
        assert client.post(page_of(confirmed), FORM).status_code == 403
    assert not Recall.objects.exists()


def test_what_is_unticked_stays(
    confirmed: Message, sent: Sent, moderator: User, client_of: ClientOf
) -> None:
    kept, recalled = sent(times=2)
    [other] = sent("Call +34 612 345 678")
    client = client_of(moderator)
    form = chosen(client, confirmed)
    words, _phone = form["group"]
    form |= {"group": [words], f"message-{words}": [str(recalled.pk)]}
    answer = client.post(page_of(confirmed), {**FORM, **form})
    row = Recall.objects.get()
    assert answer.headers["Location"] == reverse("admin:messaging_recall_change", args=[row.pk])
    assert set(row.items.values_list("message", flat=True)) == {confirmed.pk, recalled.pk}
    left = Message.objects.filter(removed_at=None).values_list("pk", flat=True)
    assert set(left) == {kept.pk, other.pk}


def test_a_form_that_lacks_a_reason_keeps_what_was_chosen(
    confirmed: Message, sent: Sent, moderator: User, client_of: ClientOf
) -> None:
    kept, recalled = sent(times=2)
    client = client_of(moderator)
    form = chosen(client, confirmed)
    form[f"message-{form['group'][0]}"] = [str(recalled.pk)]
    answer = client.post(page_of(confirmed), {**FORM, **form, "explanation": ""})
    assert answer.status_code == 400
    [group] = answer.context["matches"].groups
    ticked = {row.message.pk: row.is_chosen for row in group.rows}
    assert ticked == {kept.pk: False, recalled.pk: True}
    assert not Recall.objects.exists()


@pytest.mark.parametrize("language", ["en", "es"])
def test_readers_are_warned_in_the_conversation_and_at_the_bell(
    language: str, confirmed: Message, seller: User, moderator: User, client_of: ClientOf
) -> None:
    words = {"en": "call your bank now", "es": "llama ya a tu banco"}[language]
    client, own = client_of(seller), client_of(confirmed.sender)
    talk = confirmed.conversation.get_absolute_url()
    row = actions.recall(moderator, confirmed.pk, order())

    def read(by: Client) -> str:
        return by.get(talk, headers={"accept-language": language}).text

    assert words in read(client)
    assert words not in read(own)
    bell = client.get(reverse("notifications:list"), headers={"accept-language": language})
    assert words in bell.text
    with translation.override(language):
        assert words in recall_words(News.objects.get(subject_kind="recall")).text
    actions.undo(moderator, row.pk, "Sorry")
    assert words not in read(client)


def test_what_a_search_did_not_find_is_not_shown_before_another_one(
    confirmed: Message, sent: Sent, moderator: User, client_of: ClientOf
) -> None:
    [copy] = sent()
    client, search = client_of(moderator), reverse("admin:recall_search", args=[confirmed.pk])
    client.post(search)
    [later] = sent()
    Message.objects.filter(pk=later.pk).update(created_at=timezone.now())
    sent(by=copy.sender)  # as old as the others, but found only now

    def shown() -> set[int]:
        matches = client.get(page_of(confirmed)).context["matches"]
        return {one.message.conversation_id for one in matches.candidates()}

    def looks() -> set[int]:
        return set(Look.objects.values_list("conversation_id", flat=True))

    assert shown() == looks() == {copy.conversation_id}
    client.post(page_of(confirmed), FORM | chosen_now(client, confirmed))
    client.post(search)
    assert shown() == looks() - {copy.conversation_id}
    assert later.conversation_id in shown()
    for recalls in (2, 2):  # a second click finds nothing more
        client.post(page_of(confirmed), FORM | chosen_now(client, confirmed))
        assert (Recall.objects.count(), shown()) == (recalls, set())
    assert not Message.objects.filter(removed_at=None).exists()
    actions.undo(moderator, Recall.objects.latest("pk").pk, "Sorry")
    assert shown() == looks() - {copy.conversation_id}


def test_one_learns_that_there_are_more_copies_than_are_shown(
    confirmed: Message, sent: Sent, moderator: User, client_of: ClientOf, settings: Any
) -> None:
    settings.RECALL_MOST = 2
    sent(times=3)
    client = client_of(moderator)
    client.post(reverse("admin:recall_search", args=[confirmed.pk]))
    matches = client.get(page_of(confirmed)).context["matches"]
    assert (len(list(matches.candidates())), matches.is_cut) == (2, True)
