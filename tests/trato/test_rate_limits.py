"""Limits per person: nobody gains from a slow Redis, or loses from failed actions."""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from redis import RedisError
from redis.connection import AbstractConnection

from accounts.models import User
from deploy import services
from messaging import actions, client_frames
from messaging.models import Conversation, Message, Report
from messaging.reports.actions import report_message
from messaging.sending import orm, postgresql
from messaging.sending import submit as sending
from tests.patience import PATIENCE
from tests.whole import tries
from trato import rate_limits
from trato.errors import Refused
from trato.realtime import background
from trato.realtime.moving_window import Limit, MovingWindow

needs_redis = pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs Redis")
PERSON = 1
ELSEWHERE = "another process"


@pytest.fixture(scope="module")
def private_redis() -> Iterator[services.Server]:
    with (
        tempfile.TemporaryDirectory(prefix="trato-limits-") as name,
        services.redis_server(Path(name)) as server,
    ):
        yield server


@pytest.fixture
def broker(
    private_redis: services.Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[services.Server]:
    """A Redis that the test can silence; each action tries it again."""
    settings.REDIS_URL = private_redis.address
    settings.MESSAGES_PER_MINUTE = 6
    settings.REDIS_TIMEOUT_SECONDS = PATIENCE
    monkeypatch.setattr(rate_limits, "REDIS_RETRY_SECONDS", 0.0)
    rate_limits._redis.cache_clear()
    rate_limits.reset()
    yield private_redis
    private_redis.resume()
    rate_limits._redis.cache_clear()


@pytest.fixture
def silence(broker: services.Server, settings: Any) -> Callable[[], None]:
    """Silence Redis, and shorten the wait for its answers."""

    def fall_silent() -> None:
        broker.pause()
        settings.REDIS_TIMEOUT_SECONDS = 0.05
        rate_limits._redis.cache_clear()

    return fall_silent


def may_send() -> bool:
    """Whether a form's send is allowed: in a thread, waiting for Redis."""
    try:
        rate_limits.hit("MESSAGES_PER_MINUTE", PERSON)
    except Refused:
        return False
    return True


async def may_send_by_socket() -> bool:
    """Whether a socket's send is allowed: on the event loop, counted together with others."""
    (refusal,) = await rate_limits.hit_many("MESSAGES_PER_MINUTE", [PERSON])
    return refusal is None


async def may_send_by(entrance: str) -> bool:
    return may_send() if entrance == "form" else await may_send_by_socket()


def send_elsewhere(number: int) -> None:
    """Count actions of the same person in a process that only shares Redis with this one."""
    own, rate_limits._window = rate_limits._window, MovingWindow  # type: ignore[assignment]
    try:
        for _ in range(number):
            assert may_send()
    finally:
        rate_limits._window = own


@needs_redis
@pytest.mark.parametrize("entrance", ["form", "socket"])
def test_a_silent_redis_begins_no_new_allowance(entrance: str, silence: Callable[[], None]) -> None:
    async def play() -> list[bool]:
        answers = [await may_send_by(entrance) for _ in range(6)]
        silence()
        return [*answers, *[await may_send_by(entrance) for _ in range(4)]]

    assert asyncio.run(play()) == [True] * 6 + [False] * 4


@needs_redis
def test_while_redis_is_silent_all_of_an_allowance_can_be_used(silence: Callable[[], None]) -> None:
    silence()
    assert [may_send() for _ in range(8)] == [True] * 6 + [False] * 2


@needs_redis
@pytest.mark.parametrize("entrance", ["form", "socket"])
def test_what_other_processes_did_still_counts_while_redis_is_silent(
    entrance: str, silence: Callable[[], None]
) -> None:
    async def play() -> list[bool]:
        assert await may_send_by(entrance)
        silence()
        return [await may_send_by(entrance) for _ in range(4)]

    send_elsewhere(3)
    assert asyncio.run(play()) == [True] * 2 + [False] * 2


@needs_redis
@pytest.mark.parametrize("entrance", ["form", "socket"])
def test_a_refusal_stays_one_when_redis_falls_silent_after_it(
    entrance: str, silence: Callable[[], None]
) -> None:
    async def play() -> list[bool]:
        before = await may_send_by(entrance)
        silence()
        return [before, await may_send_by(entrance)]

    send_elsewhere(6)
    assert asyncio.run(play()) == [False, False]


@needs_redis
def test_a_refusal_and_how_long_to_wait_are_one_answer(
    broker: services.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_elsewhere(6)
    sent: list[Any] = []
    send = AbstractConnection.send_packed_command

    def noted(self: Any, command: Any, *args: Any, **kwargs: Any) -> None:
        sent.append(command)
        send(self, command, *args, **kwargs)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(AbstractConnection, "send_packed_command", noted)
    assert not may_send()
    assert len(sent) == 1


@needs_redis
@hypothesis_settings(
    max_examples=tries(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some.lists(some.sampled_from(["form", "socket", "pause", "resume"]), max_size=24))
def test_one_process_never_lets_more_through_whatever_redis_does(
    broker: services.Server, settings: Any, steps: list[str]
) -> None:
    async def play() -> list[bool]:
        through = []
        for step in steps:
            if step == "form":
                through.append(may_send())
            elif step == "socket":
                through.append(await may_send_by_socket())
            else:
                getattr(broker, step)()
        return through

    settings.REDIS_TIMEOUT_SECONDS = 0.05  # nobody gains, whether Redis is silent or not
    broker.resume()
    rate_limits._redis.cache_clear()
    while True:
        with contextlib.suppress(RedisError):
            rate_limits.reset()
            break
    through = asyncio.run(play())
    assert through == [True] * min(6, len(through)) + [False] * max(0, len(through) - 6)


def test_people_whose_acts_are_past_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trato.realtime.moving_window.SWEEP_AT", 10)
    window = MovingWindow(Limit("TESTS_PER_MINUTE", 2, 60))
    for person in range(100):
        assert window.hit(person, now=100.0 * person) is None
    assert len(window._people) <= 10
    assert window.hit(99, now=9900.0) is None
    assert window.hit(99, now=9900.0) == 60


# -- What failed ---------------------------------------------------------------------------------


def fail(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError("the database is away")


def say(actor: User, conversation: Conversation) -> None:
    actions.send(actor, conversation.pk, uuid.uuid4(), "Hello")


@pytest.fixture
def few(settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = settings.CONVERSATIONS_PER_HOUR = settings.REPORTS_PER_HOUR = 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("target", "name"),
    [(orm, "_notify_other_side"), (BaseDatabaseWrapper, "_commit")],
    ids=["while storing", "at commit"],
)
def test_messages_that_failed_use_up_no_allowance(
    target: object,
    name: str,
    shopper: User,
    conversation: Conversation,
    few: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as outage:
        outage.setattr(target, name, fail)
        for _ in range(9):
            with pytest.raises(OperationalError):
                say(shopper, conversation)
    for _ in range(3):
        say(shopper, conversation)
    with pytest.raises(Refused):
        say(shopper, conversation)
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_questions_and_reports_that_failed_use_up_no_allowance(
    shopper: User,
    seller: User,
    product: Any,
    few: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(act: Callable[[], object]) -> None:
        with monkeypatch.context() as outage:
            outage.setattr(BaseDatabaseWrapper, "_commit", fail)
            for _ in range(9):
                with pytest.raises(OperationalError):
                    act()

    def ask() -> Conversation:
        return actions.start_conversation(shopper, product=product)

    failing(ask)
    conversation = ask()
    say(seller, conversation)
    failing(lambda: report_message(shopper, conversation.pk, 1, Report.Reason.values[0], ""))
    report_message(shopper, conversation.pk, 1, Report.Reason.values[0], "")
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
async def test_gathered_messages_that_failed_use_up_no_allowance(
    shopper: User, conversation: Conversation, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send() -> "asyncio.Future[str]":
        return sending.submit(shopper, client_frames.Send(conversation.pk, uuid.uuid4(), "Hello"))

    with monkeypatch.context() as outage:
        outage.setattr(postgresql, "store", fail)
        for _ in range(9):
            with pytest.raises(OperationalError):
                await send()
    while background.running:  # the allowance is being returned
        await asyncio.sleep(0)
    for _ in range(3):
        await send()
    with pytest.raises(Refused):
        await send()
    await sending.close()
