"""The page of a shop's labels, and who may change them."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Shop
from messaging.models import Conversation, ConversationLabel, Label
from messaging.triage import labels
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

PAGE = "/conversations/labels/"


def create(client: Client, shop: Shop, name: str, colour: str = "red") -> Any:
    form = {"act": "create", "shop": shop.pk, "name": name, "colour": colour}
    return client.post(PAGE, form)


def test_members_create_change_and_delete(
    shop: Shop, colleague: User, talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    client = client_of(colleague)
    assert create(client, shop, "  Waiting \t for courier ").status_code == 302
    label = Label.objects.get()
    assert (label.name, label.colour, label.shop) == ("Waiting for courier", "red", shop)
    form = {"act": "change", "label": label.pk, "name": "Courier", "colour": "blue"}
    assert client.post(PAGE, form).status_code == 302
    label.refresh_from_db()
    assert (label.name, label.colour) == ("Courier", "blue")
    act(client_of(seller), "label", [talk.pk], label=label.pk)
    assert "Delete it and remove it from 1 conversation" in client.get(PAGE).text
    assert client.post(PAGE, {"act": "delete", "label": label.pk}).status_code == 302
    assert not Label.objects.exists()
    assert not ConversationLabel.objects.exists()


def test_a_second_click_creates_once_and_says_so(shop: Shop, seller: User, client_of: Any) -> None:
    client = client_of(seller)
    assert [create(client, shop, "Urgent").status_code for _click in range(2)] == [302, 302]
    assert Label.objects.count() == 1
    assert create(client, shop, "Urgent", "blue").status_code == 400


@pytest.mark.parametrize("person", ["shopper", "stranger", "former_colleague", "moderator"])
def test_others_have_no_such_page(
    person: str, shop: Shop, seller: User, client_of: Any, request: pytest.FixtureRequest
) -> None:
    label = labels.create(seller, shop.pk, "Urgent", "red")
    client = client_of(request.getfixturevalue(person))
    assert client.get(PAGE).status_code == 404
    assert create(client, shop, "Mine").status_code == 404
    assert client.post(PAGE, {"act": "delete", "label": label.pk}).status_code == 404
    assert Label.objects.get() == label


def test_labels_of_another_shop_cannot_be_changed(
    shop: Shop, seller: User, other_seller: User, client_of: Any
) -> None:
    label = labels.create(seller, shop.pk, "Urgent", "red")
    client = client_of(other_seller)
    assert "Urgent" not in client.get(PAGE).text
    for form in (
        {"act": "change", "label": label.pk, "name": "Mine", "colour": "red"},
        {"act": "delete", "label": label.pk},
        {"act": "create", "shop": shop.pk, "name": "Mine", "colour": "red"},
    ):
        assert client.post(PAGE, form).status_code in (302, 404)
    assert list(Label.objects.values_list("name", flat=True)) == ["Urgent"]


def test_names_are_unique_per_shop_whatever_their_case(
    shop: Shop, seller: User, client_of: Any
) -> None:
    other, client = ShopFactory(owner=seller), client_of(seller)
    assert create(client, shop, "Envío").status_code == 302
    answer = create(client, shop, "ENVÍO")
    assert answer.status_code == 400
    assert "There is a label of this name already." in answer.text
    assert 'value="ENVÍO"' in answer.text
    assert create(client, other, "ENVÍO").status_code == 302
    label = Label.objects.get(shop=shop)
    form = {"act": "change", "label": label.pk, "name": "envío", "colour": "teal"}
    assert client.post(PAGE, form).status_code == 302  # its own name


@pytest.mark.parametrize(
    ("name", "colour"),
    [("", "red"), ("\u2800", "red"), ("a\x00b", "red"), ("\u202eevil", "red"), ("x" * 31, "red"),
     ("Fine", ""), ("Fine", "#ff0000"), ("Fine", "red;x")],
)  # fmt: skip
def test_wrong_names_and_colours_are_refused(
    name: str, colour: str, shop: Shop, seller: User, client_of: Any
) -> None:
    answer = create(client_of(seller), shop, name, colour)
    assert answer.status_code in (400, 413)
    assert "field__error" in answer.text
    assert not Label.objects.exists()


def test_html_in_a_name_is_text(
    shop: Shop, seller: User, talk: Conversation, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    assert create(client, shop, "<b onclick=x>A&amp;").status_code == 302
    label = Label.objects.get()
    assert label.name == "<b onclick=x>A&amp;"
    act(client, "label", [talk.pk], label=label.pk)
    for page in (PAGE, talk.get_absolute_url()):
        text = client.get(page).text
        assert "&lt;b onclick=x&gt;A&amp;amp;" in text
        assert "<b onclick" not in text


def test_a_shop_has_at_most_50(shop: Shop, seller: User, client_of: Any, settings: Any) -> None:
    assert django_settings.LABELS_MAX == 50
    settings.LABELS_MAX = 2
    client = client_of(seller)
    assert [create(client, shop, name).status_code for name in "abc"] == [302, 302, 400]
    assert Label.objects.count() == 2


def test_saving_keeps_what_a_colleague_has_changed_since_the_page_was_opened(
    shop: Shop, seller: User, client_of: Any
) -> None:
    label, client = labels.create(seller, shop.pk, "Urgent", "red"), client_of(seller)
    opened = {"act": "change", "label": label.pk, "name": "Urgent", "colour": "red",
              "seen_name": "Urgent", "seen_colour": "red"}  # fmt: skip
    assert 'name="seen_name" value="Urgent"' in client.get(PAGE).text
    labels.change(seller, label.pk, "Very urgent", "red")  # a colleague
    assert client.post(PAGE, {**opened, "colour": "blue"}).status_code == 302
    label.refresh_from_db()
    assert (label.name, label.colour) == ("Very urgent", "blue")
    refused = client.post(PAGE, {**opened, "name": "Today"})
    assert refused.status_code == 409
    assert 'value="Today"' in refused.text
    assert 'name="seen_name" value="Very urgent"' in refused.text
    assert 'data-colour="blue" dir="auto">Very urgent</span>' in refused.text  # as it is now
    assert Label.objects.get().name == "Very urgent"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_create_one(shop: Shop, seller: User) -> None:
    def attempt() -> str:
        try:
            return labels.create(seller, shop.pk, "Urgent", "red").name
        except Exception as error:
            return type(error).__name__

    assert in_threads(2, attempt) == ["Urgent", "Urgent"]
    assert Label.objects.count() == 1


def test_a_shoppers_page_has_nothing_of_the_team(
    talk: Conversation, shop: Shop, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    label = labels.create(seller, shop.pk, "Haggler", "red")
    client = client_of(seller)
    act(client, "label", [talk.pk], label=label.pk)
    act(client, "assign", [talk.pk], user=seller.pk)
    page = client_of(shopper).get(talk.get_absolute_url()).text
    page = re.sub(r"<script type=\"importmap\".*?</script>", "", page)  # names all modules
    page = re.sub(r"(?s)<template id=\"gone-template\".*?</template>", "", page)  # everybody's
    for word in ("Haggler", "ssign", "abel__", "team", seller.name):
        assert word not in page.replace("aria-label", "")
    assert "Haggler" in client.get(talk.get_absolute_url()).text


def test_an_assignee_who_has_left_is_nobody_and_named(
    talk: Conversation, seller: User, colleague: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    act(client, "assign", [talk.pk], user=colleague.pk)
    assert "so it is nobody's again" not in client.get(talk.get_absolute_url()).text
    colleague.memberships.all().delete()
    page = client.get(talk.get_absolute_url()).text
    assert "Iker Sanz took care of this and can't any more" in page
