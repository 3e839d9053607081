"""Files of scheduled messages: kept until they are sent, and sent once."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from messaging import actions as messaging
from messaging.models import Conversation, File, Message, ScheduledMessage
from messaging.scheduled import actions, delivery
from tests.uploads import PDF, uploaded
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

Schedule = Callable[..., ScheduledMessage]


@pytest.fixture
def file(seller: User, asked: Conversation) -> File:
    return uploaded(seller, asked, PDF, "care.pdf")


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


def test_they_go_with_the_message_and_need_no_words(
    schedule: Schedule, pass_time: Any, file: File, seller: User, asked: Conversation
) -> None:
    second = uploaded(seller, asked, PDF, "size.pdf")
    schedule(body=" ", files=[second.pk, file.pk])
    pass_time()
    assert (delivery.due(), delivery.due()) == (1, 0)
    message = Message.objects.get(side="seller")
    assert (message.body, message.attached) == ("", "files")
    assert [row.pk for row in message.files.order_by("position")] == [second.pk, file.pk]
    assert not File.objects.filter(scheduled__isnull=False).exists()


def test_they_outlive_a_day_and_are_deleted_with_a_cancelled_message(
    schedule: Schedule, file: File, seller: User, asked: Conversation, settings: Any
) -> None:
    row = schedule(files=[file.pk])
    File.objects.update(held_at=timezone.now() - timedelta(hours=25))
    call_command("purge_expired", "--delete", verbosity=0)
    assert len(stored(settings)) == 1
    actions.cancel(seller, asked.pk, row.pk)
    assert not File.objects.exists()
    assert stored(settings) == []


def test_those_of_a_failed_message_go_once_nobody_sees_it_any_more(
    schedule: Schedule, file: File, settings: Any
) -> None:
    schedule(files=[file.pk])
    long_ago = timezone.now() - timedelta(days=settings.SCHEDULED_FAILED_KEEP_DAYS + 1)
    ScheduledMessage.objects.update(state="failed", failure="ended", changed_at=long_ago)
    File.objects.update(held_at=long_ago)
    for _run in range(2):
        call_command("purge_expired", "--delete", verbosity=0)
    assert not File.objects.exists()
    assert stored(settings) == []


def test_the_team_sees_them_and_the_shopper_does_not(
    schedule: Schedule, file: File, client_of: Any, shopper: User, colleague: User, seller: User
) -> None:
    assert client_of(colleague).get(file.url).status_code == 404
    schedule(files=[file.pk])
    for person in (seller, colleague):
        assert client_of(person).get(file.url).content == PDF
    assert client_of(shopper).get(file.url).status_code == 404


def test_one_that_is_scheduled_can_be_neither_sent_nor_described_nor_discarded(
    schedule: Schedule, file: File, client_of: Any, seller: User, asked: Conversation
) -> None:
    row = schedule(files=[file.pk])
    with pytest.raises(Refused) as refusal:
        messaging.send(seller, asked.pk, row.client_id, "Now", [file.pk])
    assert refusal.value.code == "not_found"
    with pytest.raises(Refused) as refusal:
        schedule(files=[file.pk])
    assert refusal.value.code == "not_found"
    client = client_of(seller)
    assert client.post(file.url, {"alt": "Care"}).status_code == 404
    assert client.delete(file.url).status_code == 404
    assert File.objects.get().scheduled == row


@pytest.mark.parametrize("whose", ["a colleague's", "the shopper's", "elsewhere's", "twice", "7"])
def test_other_files_are_refused_and_nothing_is_scheduled(
    whose: str,
    schedule: Schedule,
    file: File,
    shopper: User,
    seller: User,
    colleague: User,
    stranger: User,
    asked: Conversation,
) -> None:
    if whose == "a colleague's":
        File.objects.update(owner=colleague)
    elif whose == "the shopper's":
        File.objects.update(owner=shopper)
    elif whose == "elsewhere's":
        other = messaging.start_conversation(stranger, shop=asked.shop)
        File.objects.update(conversation=other)
    ids = [file.pk] * {"twice": 2, "7": 7}.get(whose, 1)
    with pytest.raises(Refused) as refusal:
        schedule(files=ids)
    assert refusal.value.code == ("invalid" if whose == "7" else "not_found")
    assert not ScheduledMessage.objects.exists()


def test_a_repeated_request_is_one_message_and_other_files_are_a_conflict(
    schedule: Schedule, file: File, seller: User, asked: Conversation
) -> None:
    row = schedule(files=[file.pk])
    assert schedule(client_id=row.client_id, files=[file.pk]) == row
    other = uploaded(seller, asked, PDF)
    with pytest.raises(Refused) as refusal:
        schedule(client_id=row.client_id, files=[other.pk])
    assert refusal.value.code == "conflict"


def test_who_changes_the_words_sends_the_files_too(
    schedule: Schedule,
    pass_time: Any,
    file: File,
    seller: User,
    colleague: User,
    asked: Conversation,
    later: datetime,
    settings: Any,
) -> None:
    dropped = uploaded(seller, asked, PDF)
    row = schedule(files=[file.pk, dropped.pk])
    own = uploaded(colleague, asked, PDF)
    plan = actions.Plan(
        body="Here it is.", send_at=later, only_if_quiet=True, files=[own.pk, file.pk]
    )
    actions.change(colleague, asked.pk, row.pk, 1, plan)
    assert not File.objects.filter(pk=dropped.pk).exists()
    assert len(stored(settings)) == 2
    pass_time()
    assert delivery.due() == 1
    message = Message.objects.get(side="seller")
    assert message.sender == colleague
    assert [row.pk for row in message.files.order_by("position")] == [own.pk, file.pk]
    assert {row.owner for row in message.files.all()} == {colleague}


def test_files_of_a_colleague_count_for_the_author_and_none_goes_beyond_the_limit(
    schedule: Schedule,
    file: File,
    seller: User,
    colleague: User,
    asked: Conversation,
    later: datetime,
    settings: Any,
) -> None:
    row = schedule(files=[file.pk])
    own = uploaded(colleague, asked, PDF)

    def add() -> None:
        files = [file.pk, own.pk]
        plan = actions.Plan(body=row.body, send_at=later, only_if_quiet=True, files=files)
        actions.change(colleague, asked.pk, row.pk, row.revision, plan)

    settings.FILES_PER_PERSON = 1
    with pytest.raises(Refused) as refusal:
        add()
    assert refusal.value.code == "forbidden"
    assert "the author of this message" in str(refusal.value.detail)
    own.refresh_from_db()
    assert (own.owner, own.scheduled) == (colleague, None)
    settings.FILES_PER_PERSON = 2
    add()
    own.refresh_from_db()
    assert (own.owner, own.scheduled) == (seller, row)


def test_a_message_whose_file_is_gone_says_so(
    schedule: Schedule, pass_time: Any, file: File
) -> None:
    row = schedule(files=[file.pk])
    pass_time()
    File.objects.update(is_ready=False)
    assert delivery.due() == 1
    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", "file")


def test_a_form_keeps_no_files_of_another_conversation(
    client_of: Any, seller: User, stranger: User, asked: Conversation
) -> None:
    other = messaging.start_conversation(stranger, shop=asked.shop)
    foreign, own = uploaded(seller, other, PDF), uploaded(seller, asked, PDF)
    form = {"body": "Here", "send_at": "choose", "files": [foreign.pk, own.pk]}
    page = client_of(seller).post(f"{asked.get_absolute_url()}scheduled/", form).text
    assert f'name="files" value="{own.pk}"' in page
    assert f'name="files" value="{foreign.pk}"' not in page


def test_a_second_click_gets_what_the_first_one_has_stored(
    schedule: Schedule, file: File, monkeypatch: Any
) -> None:
    client_id, rows = uuid.uuid4(), []

    def first_click(*_values: Any) -> None:  # while the second one waits for its turn
        monkeypatch.undo()
        rows.append(schedule(client_id=client_id, files=[file.pk]))

    monkeypatch.setattr(actions, "lock_writer", first_click)
    rows.append(schedule(client_id=client_id, files=[file.pk]))
    assert rows == [ScheduledMessage.objects.get()] * 2


def test_those_of_someone_whose_account_is_gone_stay_the_shops(
    schedule: Schedule,
    pass_time: Any,
    seller: User,
    colleague: User,
    asked: Conversation,
    later: datetime,
) -> None:
    theirs = uploaded(colleague, asked, PDF)
    row = schedule(actor=colleague, files=[theirs.pk])
    deletion.delete_account(colleague.pk)
    row.refresh_from_db()
    plan = actions.Plan(body=row.body, send_at=later, only_if_quiet=True, files=[theirs.pk])
    actions.change(seller, asked.pk, row.pk, row.revision, plan)
    pass_time()
    delivery.due()
    assert Message.objects.get(side="seller").files.get() == theirs


def test_without_scripts_they_are_uploaded_with_the_form(
    client_of: Any, seller: User, asked: Conversation, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    form: dict[str, Any] = {
        "body": "",
        "send_at": "choose",
        "upload": SimpleUploadedFile("care.pdf", PDF),
    }
    page = client.post(address, form).text
    file = File.objects.get()
    assert f'name="files" value="{file.pk}" checked' in page
    answer = client.post(
        address, {"body": "", "send_at": later.isoformat(), "files": file.pk, "only_if_quiet": "on"}
    )
    assert answer.status_code == 302
    row = ScheduledMessage.objects.get()
    page = client.get(asked.get_absolute_url()).text
    assert file.url in page
    edit = f"{address}{row.pk}/"
    assert f'name="files" value="{file.pk}" checked' in client.get(edit).text
    wrong = {"body": "", "send_at": "2020-01-01T09:00", "files": file.pk, "revision": 1}
    assert f'name="files" value="{file.pk}" checked' in client.post(edit, wrong).text
    bad: dict[str, Any] = {
        "upload": SimpleUploadedFile("x.pdf", b"x"),
        "send_at": later.isoformat(),
        "revision": 1,
    }
    answer = client.post(edit, {"body": "Here", "files": file.pk, **bad})
    assert (answer.status_code, f'value="{file.pk}" checked' in answer.text) == (400, True)
    form = {"body": "Without", "send_at": later.isoformat(), "revision": 1}
    assert client.post(edit, form).status_code == 302
    assert not File.objects.exists()
