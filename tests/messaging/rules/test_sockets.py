"""Questions over the socket, in both stores."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging.models import Conversation, Message, Objection
from messaging.records import Attempt
from messaging.rules import check as rules_check
from messaging.rules import snapshot
from messaging.rules.check import RulesCheck
from tests.messaging.rules.conftest import SetRule
from tests.sockets import message_frame, next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "Call me at 612 345 678, please"


@sync_to_async
def bodies() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


async def test_a_question_comes_in_the_persons_language_and_is_answered(
    conversation: Conversation, shopper: User, socket_of: Any
) -> None:
    socket = await socket_of(shopper, language="es")
    frame = message_frame(conversation, PHONE)
    await send(socket, **frame)
    error = await next_frame(socket, "error")
    assert (error["code"], error["client_id"]) == ("forbidden", frame["client_id"])
    assert "teléfono" in error["detail"]
    assert error["shield"] == {
        "action": "warn",
        "findings": [{"start": 11, "end": 22, "kind": "phone", "rule": "phone"}],
        "masked": "Call me at •••, please",
        "may_insist": True,
    }
    assert await bodies() == []
    await send(socket, **frame | {"body": error["shield"]["masked"]})
    assert (await next_frame(socket, "message.accepted"))["sequence"] == 1
    await send(socket, **message_frame(conversation, PHONE, insists=True))
    assert (await next_frame(socket, "message.accepted"))["sequence"] == 2
    await send(socket, **message_frame(conversation, PHONE))
    assert (await next_frame(socket, "message.accepted"))["sequence"] == 3
    assert await sync_to_async(Objection.objects.count)() == 1


async def test_what_is_held_and_what_is_refused(
    conversation: Conversation, shopper: User, socket_of: Any, set_rule: SetRule
) -> None:
    await sync_to_async(set_rule)("phone", action="mask")
    socket = await socket_of(shopper)
    await send(socket, **message_frame(conversation, PHONE, insists=True))
    await next_frame(socket, "message.held")
    await sync_to_async(set_rule)("phone", action="refuse")
    await send(socket, **message_frame(conversation, PHONE, insists=True))
    assert (await next_frame(socket, "error"))["shield"]["may_insist"] is False
    await sync_to_async(set_rule)("phone", action="hold")
    await send(socket, **message_frame(conversation, PHONE))
    await next_frame(socket, "message.held")


async def test_an_edit_over_the_socket_is_refused(
    conversation: Conversation, shopper: User, socket_of: Any, set_rule: SetRule
) -> None:
    await sync_to_async(set_rule)("phone", action="refuse")
    socket = await socket_of(shopper)
    await send(socket, **message_frame(conversation, "Hello"))
    await next_frame(socket, "message.accepted")
    edit = {"conversation": conversation.pk, "sequence": 1, "body": PHONE}
    await send(socket, type="message.edit", **edit)
    assert (await next_frame(socket, "error"))["shield"]["may_insist"] is False
    assert await bodies() == ["Hello"]


async def test_a_batch_asks_the_database_once_and_not_for_innocent_words(
    conversation: Conversation, shopper: User, monkeypatch: Any
) -> None:
    calls: list[int] = []
    queries: list[int] = []

    async def counted(function: Any, rules: Any, attempts: list[Attempt]) -> None:
        def work() -> None:
            with CaptureQueriesContext(connection) as asked:
                function(rules, attempts)
            queries.append(len(asked))

        calls.append(len(attempts))
        await sync_to_async(work)()

    def attempt(body: str) -> Attempt:
        return Attempt(
            sender=shopper, conversation_id=conversation.pk, client_id=uuid.uuid4(), body=body
        )

    monkeypatch.setattr(rules_check, "run_in_database_thread", counted)
    check = RulesCheck()
    await check.check_many([attempt("Hello"), attempt("Is it blue?")])
    assert not calls
    batch = [attempt(PHONE) for _time in range(20)]
    await check.check_many([attempt("Hello"), *batch])
    assert calls == [20]
    assert queries[0] <= 3
    assert all(one.refusal is not None for one in batch)


async def test_a_process_that_slept_loads_the_rules_first(
    conversation: Conversation, shopper: User, socket_of: Any, settings: Any, set_rule: SetRule
) -> None:
    socket = await socket_of(shopper)
    stale = snapshot.fresh()
    await sync_to_async(set_rule)("phone", is_on=False)
    snapshot._current = stale
    await send(socket, **message_frame(conversation, PHONE))
    await next_frame(socket, "error")
    settings.SHIELD_RULES_MAX_SECONDS = 0
    await send(socket, **message_frame(conversation, PHONE))
    await next_frame(socket, "message.accepted")
