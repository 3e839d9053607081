"""Large exports: prepared once in the background, only for their owner, and for a day."""

import io
import math
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from accounts import deletion
from accounts.models import User
from catalog.teams import remove_member
from messaging.due import loop
from messaging.editing.actions import edit, withdraw
from messaging.exports import actions as exports
from messaging.exports import building
from messaging.exports.archive import pieces
from messaging.factories import ConversationFactory
from messaging.files.actions import delete_stored
from messaging.models import Conversation, Export
from messaging.reactions.actions import react
from notifications.models import Notification
from tests.exports import address, everything_in, json_of, opened, said_with_files
from tests.rulings import remove_message, suspend
from tests.said import say
from tests.threads import in_threads
from tests.uploads import PDF

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def everything_is_large(settings: Any) -> None:
    settings.EXPORT_DIRECT_MESSAGES = settings.EXPORT_PAUSE_SECONDS = 0


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    said_with_files(shopper, conversation, "A quartzite bowl?", ("quartzite.pdf", PDF))
    say(seller, conversation, "Which one?")
    return conversation


@pytest.fixture
def ready(talk: Conversation, shopper: User, client_of: Any) -> str:
    """The URL of the shopper's finished export."""
    client_of(shopper).post(address(talk))
    assert building.due(10) == 1
    return f"{address(talk)}{Export.objects.get().pk}/"


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"]) / "exports"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_is_prepared_and_its_owner_is_told(
    talk: Conversation, shopper: User, client_of: Any, settings: Any
) -> None:
    client = client_of(shopper)
    assert client.post(address(talk), headers={"accept": "text/html"}).status_code == 302
    assert "preparing your download" in client.get(address(talk)).text.replace("&#x27;", "'")
    assert not stored(settings)
    assert building.due(10) == 1
    assert building.due(10) == 0
    page = client.get(address(talk)).text
    link = f"{address(talk)}{Export.objects.get().pk}/"
    assert f'href="{link}"' in page
    answer = client.get(link)
    assert int(answer["Content-Length"]) == Export.objects.get().size
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "A quartzite bowl?" in everything_in(opened(answer))
    notices = client.get("/notifications/").text
    assert "Your download is ready" in notices
    assert "The conversation with Barro y Sal" in notices
    assert f'value="{address(talk)}"' in notices


def test_a_script_asks_and_looks_as_json(talk: Conversation, shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    answer = client.post(address(talk), headers=JSON)
    assert answer.status_code == 202
    assert [item["state"] for item in answer.json()["exports"]] == ["waiting"]
    building.due(10)
    [item] = client.get(address(talk), headers=JSON).json()["exports"]
    assert item["state"] == "ready"
    assert json_of(opened(client.get(item["url"])))["conversation"] == talk.pk


def test_it_speaks_the_language_and_the_time_zone_of_its_owner(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    client.cookies["django_language"], client.cookies["timezone"] = "es", "Asia/Tokyo"
    client.post(address(talk))
    building.due(10)
    archive = opened(client.get(f"{address(talk)}{Export.objects.get().pk}/"))
    page = archive.read("conversation.html").decode()
    assert '<html lang="es">' in page
    assert "Asia/Tokyo" in page


def test_a_double_click_gives_one(talk: Conversation, shopper: User) -> None:
    translation.activate("en")  # as in the threads
    rows = in_threads(4, exports.start, shopper, talk.pk)
    assert len({row.pk for row in rows}) == Export.objects.count() == 1
    building.due(10)
    assert isinstance(again := exports.start(shopper, talk.pk), Export)
    assert again.pk == rows[0].pk  # nothing has changed
    say(shopper, talk, "One more")
    assert isinstance(newer := exports.start(shopper, talk.pk), Export)
    assert newer.pk != rows[0].pk


def test_a_newer_one_replaces_the_older_one(
    ready: str, talk: Conversation, shopper: User, client_of: Any, settings: Any
) -> None:
    say(shopper, talk, "One more")
    client_of(shopper).post(address(talk))
    assert client_of(shopper).get(ready).status_code == 404
    assert not stored(settings)
    building.due(10)
    assert len(stored(settings)) == Export.objects.count() == 1


def test_one_at_a_time_and_so_many_a_day(
    talk: Conversation, shopper: User, client_of: Any, settings: Any
) -> None:
    settings.EXPORTS_PER_DAY = 2
    client, other = client_of(shopper), ConversationFactory(consumer=shopper, shop=talk.shop)
    say(shopper, other, "Something else")
    client.post(address(talk))
    refused = client.post(address(other))
    assert refused.status_code == 409
    assert "still preparing another download" in refused.text
    assert Export.objects.count() == 1
    building.due(10)
    assert client.post(address(other)).status_code == 302
    building.due(10)
    say(shopper, talk, "One more")
    refused = client.post(address(talk), headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert Export.objects.count() == 2  # the older one is still there


def test_only_its_owner_can_fetch_it(
    ready: str, seller: User, colleague: User, stranger: User, shopper: User, client_of: Any
) -> None:
    for person in (seller, colleague, stranger):
        assert client_of(person).get(ready).status_code == 404
    assert client_of(None).get(ready).status_code == 302
    assert client_of(shopper).get(ready).status_code == 200


def test_the_link_dies_after_a_day_and_the_file_with_it(
    ready: str, shopper: User, client_of: Any, settings: Any
) -> None:
    call_command("purge_expired", "--delete")
    assert client_of(shopper).get(ready).status_code == 200
    row = Export.objects.get()
    assert (
        timedelta(hours=23)
        < (row.expires_at or timezone.now()) - timezone.now()
        <= timedelta(hours=24)
    )
    Export.objects.update(expires_at=timezone.now())
    assert client_of(shopper).get(ready).status_code == 404
    assert len(stored(settings)) == 1
    call_command("purge_expired", "--delete")
    assert not Export.objects.exists()
    assert not stored(settings)
    assert not Notification.objects.filter(news__subject_kind="export").exists()


@pytest.mark.parametrize("how", ["leaves", "suspended"])
def test_a_colleague_without_access_gets_nothing_any_more(
    how: str,
    talk: Conversation,
    seller: User,
    colleague: User,
    moderator: User,
    client_of: Any,
    settings: Any,
) -> None:
    client = client_of(colleague)
    client.post(address(talk))
    building.due(10)
    link = f"{address(talk)}{Export.objects.get().pk}/"
    assert client.get(link).status_code == 200
    say(seller, talk, "One more")
    client.post(address(talk))
    if how == "leaves":
        remove_member(seller, talk.shop_id, colleague.pk)
        assert client.get(link).status_code == client.get(address(talk)).status_code == 404
    else:
        suspend(moderator, colleague.pk, "Scam")
        assert client.get(link).status_code in (302, 403)
    building.due(10)  # nobody wants the other one any more
    assert not Export.objects.exists()
    assert not stored(settings)


def _edit(talk: Conversation, person: User, moderator: User) -> None:
    edit(person, talk.pk, 1, "A stone bowl?")


def _withdraw(talk: Conversation, person: User, moderator: User) -> None:
    withdraw(person, talk.pk, 1)


def _remove(talk: Conversation, person: User, moderator: User) -> None:
    remove_message(moderator, talk.messages.get(sequence=1).pk, "No")


def test_a_reaction_to_an_edited_message_takes_nothing_away(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    edit(shopper, talk.pk, 1, "A stone bowl?")
    talk.messages.filter(sequence=1).update(edited_at=timezone.now() - timedelta(hours=1))
    client = client_of(shopper)
    client.post(address(talk))
    building.due(10)
    link = f"{address(talk)}{Export.objects.get().pk}/"
    assert client.get(link).status_code == 200
    react(seller, talk.pk, 1, "👍")
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("change", [_edit, _withdraw, _remove])
def test_what_is_gone_since_is_not_served(
    change: Callable[[Conversation, User, User], None],
    ready: str,
    talk: Conversation,
    shopper: User,
    moderator: User,
    client_of: Any,
) -> None:
    client = client_of(shopper)
    react(shopper, talk.pk, 2, "👍")
    assert client.get(ready).status_code == 200  # a reaction removes nothing
    change(talk, shopper, moderator)
    assert client.get(ready)["Location"] == address(talk)
    assert client.get(ready, headers=JSON).status_code == 409
    page = client.get(address(talk)).text
    assert "The conversation has changed since." in page
    assert ready not in page
    client.post(address(talk))
    building.due(10)
    link = f"{address(talk)}{Export.objects.get().pk}/"
    assert "A quartzite" not in everything_in(opened(client.get(link)))


def test_what_is_withdrawn_while_it_is_prepared_is_not_served(
    talk: Conversation, shopper: User, client_of: Any, monkeypatch: Any
) -> None:
    client = client_of(shopper)
    client.post(address(talk))

    def withdraw_meanwhile(contents: Any) -> Any:
        withdraw(shopper, talk.pk, 1)
        return pieces(contents)

    monkeypatch.setattr(building, "pieces", withdraw_meanwhile)
    building.due(10)
    assert client.get(f"{address(talk)}{Export.objects.get().pk}/").status_code == 302


def test_an_attempt_that_fails_leaves_nothing_and_is_repeated(
    talk: Conversation, shopper: User, client_of: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.EXPORT_RETRY_SECONDS = 0

    class Full(building._LeasedFile):
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"PK"
            raise OSError("no space left on device")

    client = client_of(shopper)
    client.post(address(talk))
    with monkeypatch.context() as patched:
        patched.setattr(building, "_LeasedFile", Full)
        building.due(1)
        assert (stored(settings), Export.objects.get().state) == ([], "waiting")
        building.due(10)
        assert (stored(settings), Export.objects.get().state) == ([], "failed")
    assert "be prepared. Please try again." in client.get(address(talk)).text
    assert "be prepared" in client.get("/notifications/").text
    client.post(address(talk))
    building.due(10)
    assert Export.objects.get().state == "ready"


def test_one_that_is_gone_from_the_storage_is_not_found(
    ready: str, shopper: User, client_of: Any
) -> None:
    delete_stored([Export.objects.get().stored_name])
    assert client_of(shopper).get(ready).status_code == 404


def test_one_that_has_failed_keeps_no_other_waiting(
    talk: Conversation, shopper: User, seller: User, settings: Any
) -> None:
    exports.start(shopper, talk.pk)
    Export.objects.update(attempts=settings.EXPORT_ATTEMPTS_MAX)
    exports.start(seller, talk.pk)
    assert building.due(10) == 2
    states = Export.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "ready"]


def test_a_storage_that_reads_a_stream_renews_the_claim(talk: Conversation, shopper: User) -> None:
    row = exports.start(shopper, talk.pk)
    assert isinstance(row, Export)
    lease = building.Lease(row)
    file = building._LeasedFile(io.BytesIO(b"PK"), lease)
    assert file.read() == b"PK"
    lease._renewed = -math.inf
    Export.objects.all().delete()
    with pytest.raises(building.Superseded):
        file.read()


def test_a_process_taken_for_dead_stores_nothing(
    talk: Conversation, shopper: User, settings: Any, monkeypatch: Any
) -> None:
    exports.start(shopper, talk.pk)

    def slow(contents: Any) -> Any:
        """A slow export: another process takes over meanwhile, and finishes."""
        monkeypatch.setattr(building, "pieces", pieces)
        Export.objects.update(free_at=timezone.now() - timedelta(seconds=1))
        assert building.due(1) == 1
        return pieces(contents)

    monkeypatch.setattr(building, "pieces", slow)
    assert building.due(1) == 1
    row = Export.objects.get()
    assert (row.state, row.attempts) == ("ready", 2)
    assert [path.stem for path in stored(settings)] == [row.stored_as.hex]
    assert Notification.objects.filter(news__subject_kind="export").count() == 1


def test_a_process_that_ends_gives_its_work_back(
    talk: Conversation, shopper: User, settings: Any, monkeypatch: Any
) -> None:
    exports.start(shopper, talk.pk)
    stops = iter([False, False, True])
    monkeypatch.setattr(loop, "is_stopping", lambda: next(stops, True))
    assert building.due(10) == 1
    row = Export.objects.get()
    assert (row.state, row.attempts, stored(settings)) == ("waiting", 0, [])
    monkeypatch.undo()
    settings.EXPORT_PAUSE_SECONDS = 0
    assert building.due(10) == 1


@pytest.mark.parametrize("whose", ["owner", "other side"])
def test_a_deleted_account_takes_the_exports_with_it(
    whose: str, ready: str, shopper: User, seller: User, settings: Any, talk: Conversation
) -> None:
    if whose == "other side":
        Export.objects.update(owner=seller)
    deletion.delete_account(shopper.pk)
    assert not Export.objects.exists()
    assert not stored(settings)


def test_nginx_sends_a_stored_one(ready: str, shopper: User, client_of: Any, settings: Any) -> None:
    settings.FILE_ACCEL_PREFIX = "/private-files/"
    answer = client_of(shopper).get(ready)
    assert answer["X-Accel-Redirect"] == f"/private-files/{Export.objects.get().stored_name}"
    assert answer["Content-Type"] == "application/zip"
    assert answer.content == b""
