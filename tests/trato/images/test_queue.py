"""The number of pictures decoded at a time, and whose turn it is."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from trato.images.queue import Abandoned, Busy, Queue, Uploader

pytestmark = pytest.mark.usefixtures("no_hurry")

TIMEOUT_SECONDS = 30


class Forms:
    """Forms whose pictures are being decoded, each in its own thread until released."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.running = threading.Semaphore(0)
        self.release = threading.Event()
        self.gone = threading.Event()
        self.ended: list[object] = []
        self.threads: list[threading.Thread] = []

    def start(self, person_id: int) -> None:
        thread = threading.Thread(target=self._have_turn, args=(person_id,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _have_turn(self, person_id: int) -> None:
        try:
            with self.queue.turn(Uploader(person_id, self.gone.is_set)):
                self.running.release()
                self.release.wait(TIMEOUT_SECONDS)
            self.ended.append(person_id)
        except (Busy, Abandoned) as error:
            self.ended.append(type(error))

    def wait_until_queued(self, count: int) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with self.queue._changed:
            while len(self.queue._waiting) != count:
                assert time.monotonic() < deadline
                self.queue._changed.wait(0.05)  # joining the queue notifies nobody

    def finish(self) -> list[object]:
        self.release.set()
        for thread in self.threads:
            thread.join(TIMEOUT_SECONDS)
        return self.ended


@pytest.fixture
def forms(settings: Any) -> Iterator[Forms]:
    settings.IMAGE_DECODERS, settings.IMAGE_QUEUE_MAX, settings.IMAGE_FORMS_AT_ONCE = 2, 3, 2
    made = Forms(Queue())
    yield made
    made.finish()


def run_two(forms: Forms) -> None:
    for person in (1, 2):
        forms.start(person)
        assert forms.running.acquire(timeout=TIMEOUT_SECONDS)


def test_only_as_many_decode_at_once_as_there_are_decoders(forms: Forms) -> None:
    run_two(forms)
    forms.start(3)
    forms.wait_until_queued(1)
    assert not forms.running.acquire(blocking=False)
    assert sorted(map(str, forms.finish())) == ["1", "2", "3"]


def test_a_full_queue_says_so_at_once(forms: Forms) -> None:
    run_two(forms)
    for waiting, person in enumerate((3, 4, 5), 1):
        forms.start(person)
        forms.wait_until_queued(waiting)
    with pytest.raises(Busy), forms.queue.turn(Uploader(6)):
        pass
    assert len(forms.finish()) == 5


def test_one_person_does_not_fill_the_queue(forms: Forms) -> None:
    run_two(forms)
    forms.start(1)
    forms.wait_until_queued(1)
    with pytest.raises(Busy), forms.queue.turn(Uploader(1)):
        pass
    forms.start(3)  # others can still join
    forms.wait_until_queued(2)
    assert len(forms.finish()) == 4


def test_nobody_waits_longer_than_the_setting_says(forms: Forms, settings: Any) -> None:
    run_two(forms)
    settings.IMAGE_QUEUE_SECONDS = 0
    with pytest.raises(Busy), forms.queue.turn(Uploader(3)):
        pass
    assert sorted(map(str, forms.finish())) == ["1", "2"]


def test_who_has_gone_gives_up_the_place(forms: Forms) -> None:
    run_two(forms)
    forms.start(3)
    forms.wait_until_queued(1)
    forms.gone.set()
    forms.wait_until_queued(0)
    assert Abandoned in forms.finish()


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_turn_holds_no_connection_to_the_database() -> None:
    queue = Queue()
    connection.ensure_connection()
    with queue.turn(Uploader(1)):
        assert connection.connection is None
    with transaction.atomic(), queue.turn(Uploader(1)):
        assert not connection.closed_in_transaction
