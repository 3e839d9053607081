"""How many pictures are decoded at once, and whose turn it is."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog import image_queue
from catalog.image_queue import Abandoned, Busy, Queue, Uploader
from catalog.models import Product, Shop

from .picture_files import grey, saved

pytestmark = pytest.mark.usefixtures("no_hurry")

TIMEOUT_SECONDS = 30


class Forms:
    """Forms whose pictures are being decoded, each in its thread until released."""

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
        with self.queue._changed:
            assert self.queue._changed.wait_for(
                lambda: len(self.queue._waiting) == count, TIMEOUT_SECONDS
            )

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


# -- The form ----------------------------------------------------------------------------------


def form_for(product: Product) -> dict[str, Any]:
    return {
        "shop": product.shop_id, "title": "A bowl with a long name",
        "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
        "pictures": SimpleUploadedFile("bowl.jpg", saved(grey(9, 9), "JPEG")),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_seller_is_told_when_there_is_no_turn_and_keeps_the_words(
    product: Product, seller: User, client_of: Any, settings: Any
) -> None:
    settings.IMAGE_QUEUE_MAX = 0
    answer = client_of(seller).post("/my/products/new/", form_for(product))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "A bowl with a long name" in answer.text
    assert Product.objects.count() == 1
    settings.IMAGE_QUEUE_MAX = 1
    assert client_of(seller).post("/my/products/new/", form_for(product)).status_code == 302
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_pictures_per_hour_are_counted_for_each_person(
    product: Product, seller: User, other_seller: User, client_of: Any, settings: Any
) -> None:
    settings.PICTURES_PER_HOUR = 1
    client = client_of(seller)
    assert client.post("/my/products/new/", form_for(product)).status_code == 302
    answer = client.post("/my/products/new/", form_for(product))
    assert answer.status_code == 429
    assert "A bowl with a long name" in answer.text
    others = form_for(product) | {"shop": Shop.objects.get(slug="north-loom").pk}
    assert client_of(other_seller).post("/my/products/new/", others).status_code == 302


@pytest.mark.django_db
def test_a_form_without_pictures_waits_for_nobody(
    product: Product, seller: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_queue.Queue, "turn", None)
    form = form_for(product)
    del form["pictures"]
    assert client_of(seller).post("/my/products/new/", form).status_code == 302
    assert Client().get("/products/").status_code == 200
