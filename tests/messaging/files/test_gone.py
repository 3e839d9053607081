"""The fate of files once their message is hidden, or if it was never sent."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.factories import ReportFactory
from messaging.files import actions as files
from messaging.models import Conversation, File, Message
from messaging.moderation import actions as moderation
from notifications.models import Notification
from tests.rulings import remove_message
from tests.said import in_log
from tests.uploads import PDF, uploaded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


def sent(person: User, conversation: Conversation, *contents: bytes | None) -> Message:
    """Send a message with files; by default, with a small photo."""
    rows = [uploaded(person, conversation, content) for content in contents or (None,)]
    answer = actions.send(person, conversation.pk, uuid.uuid4(), "Look", [row.pk for row in rows])
    return Message.objects.get(pk=in_log(answer).id)


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_removed_or_withdrawn_message_takes_its_files_with_it(
    is_withdrawn: bool,
    shopper: User,
    seller: User,
    moderator: User,
    conversation: Conversation,
    client_of: Any,
) -> None:
    message = sent(shopper, conversation)
    row = File.objects.get()
    if is_withdrawn:
        withdraw(shopper, conversation.pk, message.sequence)
    else:
        remove_message(moderator, message.pk, "No")
    for person in (shopper, seller):
        for address in (row.url, row.thumbnail_url, f"{row.thumbnail_url}?size=large"):
            assert client_of(person).get(address).status_code == 404
        page = client_of(person).get(conversation.get_absolute_url()).text
        assert row.thumbnail_url not in page
        state = client_of(person).get(f"{conversation.get_absolute_url()}messages/?since=1")
        assert state.json()["messages"][0]["files"] == []


def test_what_is_gone_from_the_storage_is_not_found(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    sent(shopper, conversation)
    row = File.objects.get()
    files.delete_stored(row.stored_names())
    for address in (row.url, row.thumbnail_url):
        assert client_of(shopper).get(address).status_code == 404


def test_without_scripts_the_words_beside_files_may_be_left_out(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    sent(shopper, conversation)
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Only words")
    path = f"{conversation.get_absolute_url()}messages/"
    pages = [client_of(shopper).get(f"{path}{sequence}/").text for sequence in (1, 2)]
    fields = [page.partition('name="body"')[2].partition(">")[0] for page in pages]
    assert ["required" in field for field in fields] == [False, True]


def test_words_beside_files_can_be_edited_away_and_others_cannot(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    sent(shopper, conversation)
    message, changed = edit(shopper, conversation.pk, 1, " ")
    assert (changed, message.body) == (True, "")
    assert Notification.objects.get(recipient=seller).news.excerpt == "📎 photo"
    withdraw(shopper, conversation.pk, 1)
    assert Notification.objects.get(recipient=seller).news.excerpt == ""


def test_staff_see_the_files_of_what_they_look_into(
    shopper: User, moderator: User, conversation: Conversation, client_of: Any
) -> None:
    message = sent(shopper, conversation)
    remove_message(moderator, message.pk, "No")
    client, thread = (
        client_of(moderator),
        f"/admin/messaging/conversation/{conversation.pk}/thread/",
    )
    address = f"{thread}files/{File.objects.get().pk}/"
    assert client.get(address).status_code == 404  # before the recorded look
    client.post(thread, {"reason": "Odd"})
    assert address in client.get(thread).text
    assert client.get(f"{address}?small")["Content-Type"] == "image/jpeg"
    later = sent(shopper, conversation, PDF)
    assert client.get(f"{thread}files/{later.files.get().pk}/").status_code == 404


def test_deleting_an_account_deletes_its_files_and_no_others(
    shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    sent(shopper, conversation, PDF)
    uploaded(shopper, conversation, PDF)
    theirs = sent(seller, conversation, PDF)
    deletion.delete_account(shopper.pk)
    assert [row.message for row in File.objects.all()] == [theirs]
    assert len(stored(settings)) == 1


def test_a_reported_file_outlives_the_account_until_the_report_is_closed(
    shopper: User, seller: User, moderator: User, conversation: Conversation, settings: Any
) -> None:
    report = ReportFactory(message=sent(shopper, conversation, PDF), reporter=seller)
    deletion.delete_account(shopper.pk)
    assert len(stored(settings)) == 1
    moderation.resolve_report(moderator, report.pk, "dismissed", "Harmless")
    assert not File.objects.exists()
    assert stored(settings) == []


def test_files_of_a_shop_stay_when_a_colleague_leaves_the_site(
    shopper: User, seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    sent(colleague, conversation, PDF)
    deletion.delete_account(colleague.pk)
    assert client_of(shopper).get(File.objects.get().url).content == PDF


def test_what_was_never_sent_is_purged_after_a_day_unless_a_draft_holds_it(
    shopper: User, conversation: Conversation, settings: Any
) -> None:
    kept = sent(shopper, conversation, PDF).files.get()
    held, forgotten = uploaded(shopper, conversation, PDF), uploaded(shopper, conversation)
    File.objects.update(held_at=timezone.now() - timedelta(hours=25))
    files.describe(shopper, conversation.pk, held.pk, "")  # a page with the draft was opened
    call_command("purge_expired", "--delete", verbosity=0)
    assert {row.pk for row in File.objects.all()} == {kept.pk, held.pk}
    assert not any(forgotten.stored_as.hex in path.name for path in stored(settings))
    assert len(stored(settings)) == 2


def test_files_of_removed_messages_are_purged_but_not_while_one_is_reported(
    shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    reported, other = sent(shopper, conversation, PDF), sent(shopper, conversation, PDF)
    ReportFactory(message=reported, reporter=seller)
    Message.objects.update(removed_at=timezone.now() - timedelta(days=31))
    call_command("purge_expired", "--delete", verbosity=0)
    assert [row.message for row in File.objects.all()] == [reported]
    assert len(stored(settings)) == 1
    assert not other.files.exists()


def test_a_report_that_was_set_aside_keeps_no_files(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    message = sent(shopper, conversation, PDF)
    ReportFactory(message=message, reporter=seller, is_set_aside=True)
    Message.objects.update(removed_at=timezone.now() - timedelta(days=31))
    call_command("purge_expired", "--delete", verbosity=0)
    assert not File.objects.exists()
