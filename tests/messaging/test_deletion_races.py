"""An account is deleted while somebody sends."""

import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts import deletion
from accounts.models import User
from catalog.models import Shop
from messaging import actions
from messaging.models import Conversation, Message
from messaging.records import Sent
from messaging.sending import orm
from notifications import actions as notifications
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.threads import in_threads
from trato.errors import Refused

from .sending.stores import attempt, stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def test_both_stores_refuse_and_both_repeat_what_was_stored(
    talk: Conversation, shopper: User, seller: User
) -> None:
    client_id = uuid.uuid4()
    actions.send(seller, talk.pk, client_id, "Stored before")
    deletion.delete_account(shopper.pk)
    again = attempt(seller, talk, client_id, "Stored before")
    for store in (orm.store, stored):
        new = attempt(seller, talk, uuid.uuid4(), "Too late")
        repeated, refused = store([again, new])
        assert isinstance(repeated, Sent)
        assert repeated.body == "Stored before"
        assert isinstance(refused, Refused)
        assert refused.code == "forbidden"


@pytest.mark.parametrize("who", ["shopper", "seller"])
def test_a_message_that_waits_for_the_deletion_is_not_stored(
    who: str,
    talk: Conversation,
    shopper: User,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    sender = request.getfixturevalue(who)
    answers: list[Any] = []
    forget = notifications.forget

    def send() -> None:
        try:
            answers.append(actions.send(sender, talk.pk, uuid.uuid4(), "A secret at last"))
        except Exception as error:
            answers.append(error)

    def while_it_is_deleted(*args: Any) -> None:
        def run() -> None:
            send()
            connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        wait_until_somebody_waits_for_a_lock()
        forget(*args)

    threads: list[Any] = []
    monkeypatch.setattr(notifications, "forget", while_it_is_deleted)
    deletion.delete_account(shopper.pk)
    threads[0].join(30)
    assert isinstance(answers[0], Exception)
    assert not Message.objects.filter(body="A secret at last").exists()


def test_a_conversation_that_waits_for_a_closing_shop_is_refused(
    shopper: User, seller: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = notifications.forget
    with ThreadPoolExecutor(1) as pool:
        asked: list[Future[object]] = []

        def start() -> object:
            try:
                return actions.start_conversation(shopper, shop=shop)
            finally:
                connections.close_all()

        def while_it_closes(*args: Any) -> None:
            asked.append(pool.submit(start))
            wait_until_somebody_waits_for_a_lock()
            forget(*args)

        monkeypatch.setattr(notifications, "forget", while_it_closes)
        deletion.delete_account(seller.pk)
        with pytest.raises(Refused, match="forbidden") as refused:
            asked[0].result(PATIENCE)
    assert refused.value.detail == "This shop has closed."
    assert not Conversation.objects.exists()


def test_a_closing_shop_ends_the_conversation_that_it_waits_for(
    shopper: User, seller: User, shop: Shop
) -> None:
    def close() -> None:
        try:
            deletion.delete_account(seller.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            conversation = actions.start_conversation(shopper, shop=shop)
            closing = pool.submit(close)
            wait_until_somebody_waits_for_a_lock()
        closing.result(PATIENCE)
    conversation.refresh_from_db()
    assert conversation.ended_at is not None


def test_people_who_ask_one_shop_do_not_wait_for_each_other(
    shopper: User, stranger: User, shop: Shop
) -> None:
    def start() -> Conversation:
        try:
            return actions.start_conversation(stranger, shop=shop)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        actions.start_conversation(shopper, shop=shop)
        assert pool.submit(start).result(PATIENCE)


def test_sends_and_deletion_at_once_leave_no_words_behind(
    talk: Conversation, shopper: User
) -> None:
    def either(number: list[int] = [0]) -> None:  # noqa: B006 – shared by the threads
        number[0] += 1
        if number[0] == 3:
            deletion.delete_account(shopper.pk)
            return
        try:
            actions.send(shopper, talk.pk, uuid.uuid4(), "A secret at last")
        except Exception:
            return

    in_threads(6, either)
    assert not Message.objects.filter(sender=shopper).exclude(body="").exists()
    talk.refresh_from_db()
    sequences = list(talk.messages.values_list("sequence", flat=True))
    assert sequences == list(range(1, talk.last_sequence + 1))
