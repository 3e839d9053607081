"""An admin page that was opened a while ago doesn't undo what others have done since."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts.factories import UserFactory
from accounts.models import User
from catalog import actions
from catalog.models import Product
from tests.databases import own_database
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.staff.addresses import of
from trato.audit.models import AuditEntry


class Fields(HTMLParser):
    """The fields that a browser would send for an unchanged form on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self._text = self._choice = ""
        self.feed(page.partition('<form action="" ')[2] or page.partition('id="content"')[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, value = values.get("name") or "", values.get("value") or ""
        if tag == "input" and name and values.get("type") in ("hidden", "text", None):
            self.sent.setdefault(name, []).append(value)
        elif tag == "input" and values.get("type") == "checkbox" and "checked" in values:
            self.sent[name] = ["on"]
        elif tag == "textarea":
            self._text = name
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and "selected" in values:
            self.sent.setdefault(self._choice, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._text:
            self.sent[self._text] = [data.removeprefix("\r\n").removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        self._text = "" if tag == "textarea" else self._text
        self._choice = "" if tag == "select" else self._choice


@pytest.fixture
def groups(db: None) -> list[Group]:
    return [Group.objects.create(name=name) for name in ("Care", "Money", "Moving")]


def test_an_old_page_leaves_what_others_changed_since(
    chief: User, seller: User, product: Product, client_of: Any
) -> None:
    client = client_of(chief)
    form = Fields(client.get(of(product)).text).sent
    Product.objects.update(price=777, stock=99, description="Baked twice.")
    assert client.post(of(product), form | {"title": "Deep bowl"}).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.price, product.stock) == ("Deep bowl", 777, 99)
    assert product.description == "Baked twice."
    assert AuditEntry.objects.get().reason == "title"


def test_an_old_page_does_not_give_a_right_back(
    chief: User, groups: list[Group], client_of: Any
) -> None:
    client, helper = client_of(chief), UserFactory(staff=True)
    helper.groups.set(groups[:1])
    form = Fields(client.get(of(helper)).text).sent
    helper.groups.set(groups[1:2])
    assert client.post(of(helper), form | {"name": "Lucía R."}).status_code == 302
    helper.refresh_from_db()
    assert helper.name == "Lucía R."
    assert [*helper.groups.all()] == groups[1:2]


def test_a_right_given_meanwhile_is_kept_where_the_page_showed_none(
    chief: User, groups: list[Group], client_of: Any
) -> None:
    client, helper = client_of(chief), UserFactory(staff=True)
    form = Fields(client.get(of(helper)).text).sent
    helper.groups.set(groups[:1])
    client.post(of(helper), form | {"name": "Lucía R."})
    assert [*helper.groups.all()] == groups[:1]


@pytest.mark.parametrize("shown", [0, 1])
def test_who_changes_the_same_is_told_and_passes_with_the_next_try(
    shown: int, chief: User, groups: list[Group], client_of: Any
) -> None:
    client, helper = client_of(chief), UserFactory(staff=True)
    helper.groups.set(groups[:shown])
    form = Fields(client.get(of(helper)).text).sent
    helper.groups.set(groups[1:2])
    answer = client.post(of(helper), form | {"groups": [groups[2].pk], "name": "Lucía R."})
    assert answer.status_code == 200
    assert "Somebody has changed this to “Money”" in answer.text
    assert [*helper.groups.all()] == groups[1:2]
    assert client.post(of(helper), Fields(answer.text).sent).status_code == 302
    helper.refresh_from_db()
    assert [*helper.groups.all()] == groups[2:]
    assert helper.name == "Lucía R."


def test_a_first_group_survives_an_error_elsewhere_in_the_form(
    chief: User, groups: list[Group], client_of: Any
) -> None:
    client, helper = client_of(chief), UserFactory(staff=True)
    form = Fields(client.get(of(helper)).text).sent
    answer = client.post(of(helper), form | {"groups": [groups[0].pk], "name": ""})
    assert answer.status_code == 200
    client.post(of(helper), Fields(answer.text).sent | {"name": "Lucía R."})
    assert [*helper.groups.all()] == groups[:1]


def test_the_words_of_a_refusal_name_the_choice_that_there_is(
    chief: User, seller: User, product: Product, client_of: Any
) -> None:
    client = client_of(chief)
    form = Fields(client.get(of(product)).text).sent
    Product.objects.update(currency="USD")
    page = client.post(of(product), form | {"currency": "GBP"}).text
    assert re.search("changed this to “USD \\$” since you opened the page", page)
    actions.set_published(seller, product.slug, published=False)
    assert client.post(of(product), Fields(page).sent).status_code == 302
    product.refresh_from_db()
    assert (product.currency, product.is_published) == ("GBP", False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_who_saves_while_another_does_waits_and_is_told(
    chief: User, product: Product, client_of: Any
) -> None:
    client = client_of(chief)
    form = Fields(client.get(of(product)).text).sent | {"title": "My title"}

    def save() -> Any:
        try:
            return client.post(of(product), form)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(own_database()) as other:
            other.execute("UPDATE catalog_product SET title = 'Their title'")
            saving = pool.submit(save)
            wait_until_somebody_waits_for_a_lock()
        answer = saving.result(PATIENCE)
    assert "Somebody has changed this to “Their title”" in answer.text
    product.refresh_from_db()
    assert product.title == "Their title"
