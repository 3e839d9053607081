"""A saved reply in a conversation: filled, with warnings, and counted."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, SavedReplyFactory
from messaging.models import Conversation, SavedReply
from messaging.saved_replies.filling import amounts_in, numbers_of

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def answer(client: Any, address: str, language: str = "en") -> dict[str, Any]:
    response = client.get(address, headers={**JSON, "accept-language": language})
    assert response.status_code == 200
    frame: dict[str, Any] = response.json()
    return frame


def test_variables_are_filled_for_this_conversation(
    reply: SavedReply, seller: User, address: str, client_of: Any
) -> None:
    (filled,) = answer(client_of(seller), address)["replies"]
    text = "Hi Lucía, the Speckled bowl costs €24.50. Marta, Barro y Sal"
    assert (filled["text"], filled["warnings"]) == (text, [])
    assert (filled["short"], filled["is_own"], filled["uses"]) == ("price", False, 0)


def test_the_shops_and_ones_own_are_offered_and_no_others(
    reply: SavedReply, seller: User, colleague: User, address: str, client_of: Any
) -> None:
    SavedReplyFactory(owner=seller, name="My own")
    SavedReplyFactory(owner=colleague, name="A colleague's")
    SavedReplyFactory(shop=ShopFactory(owner=seller), name="Of my other shop")
    names = {one["name"] for one in answer(client_of(seller), address)["replies"]}
    assert names == {"Price", "My own"}


def test_an_empty_variable_is_warned_of(
    shop: Shop, shopper: User, seller: User, reply: SavedReply, client_of: Any
) -> None:
    talk = ConversationFactory(consumer=shopper, shop=shop)
    (filled,) = answer(client_of(seller), f"{talk.get_absolute_url()}saved-replies/")["replies"]
    assert filled["text"] == "Hi Lucía, the  costs . Marta, Barro y Sal"
    assert filled["warnings"] == [
        "{{ product }} is empty here: complete the text by hand.",
        "{{ price }} is empty here: complete the text by hand.",
    ]


@pytest.mark.parametrize("stock", [0, 3])
def test_an_empty_shelf_is_warned_of(
    stock: int, product: Product, shop: Shop, seller: User, address: str, client_of: Any
) -> None:
    Product.objects.filter(pk=product.pk).update(stock=stock)
    SavedReplyFactory(shop=shop, name="Stock", body="We have {{ stock }} left.")
    SavedReplyFactory(shop=shop, name="Thanks", body="Thank you!")
    filled = answer(client_of(seller), address)
    warning = "This product is out of stock."
    assert filled["notice"] == ("" if stock else warning)
    by_name = {one["name"]: one for one in filled["replies"]}
    assert by_name["Stock"]["text"] == f"We have {stock} left."
    assert by_name["Stock"]["warnings"] == ([] if stock else [warning])
    assert by_name["Thanks"]["warnings"] == []


@pytest.mark.parametrize(
    ("body", "amount"),
    [
        ("It costs 20 €.", "20 €"),
        ("It costs €24.00 with a box.", "€24.00"),
        ("Son 22,50 EUR.", "22,50 EUR"),
        ("It's $24.50.", "$24.50"),  # another currency
        ("It costs 24,50 €.", ""),
        ("It costs EUR 24.50.", ""),
        ("It's 24.50 € plus 5 € postage.", ""),  # the other amount is something else
        ("The {{ product }}: {{ price }}, and 5 € postage.", ""),
        ("It is 20 cm wide, since 2020.", ""),
    ],
)
def test_another_price_than_todays_is_warned_of(
    body: str, amount: str, shop: Shop, seller: User, address: str, client_of: Any
) -> None:
    SavedReplyFactory(shop=shop, body=body)
    (filled,) = answer(client_of(seller), address)["replies"]
    warning = f"The text says {amount}; the product costs €24.50 today."
    assert filled["warnings"] == ([warning] if amount else [])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.250", "1250"),
        ("1.250,50 €", "1250.5"),
        ("$1,250.50", "1250.5"),
        ("24,5", "24.5"),
        ("7", "7"),
    ],
)
def test_a_figure_is_read_as_either_country_writes_it(text: str, number: str) -> None:
    assert Decimal(number) in numbers_of(text)


def test_figures_without_a_currency_are_no_prices() -> None:
    text = "Sizes 42-44, 12/2026, order 123456, 3,5 cm, EUROPA 25, 2 x 3"
    assert amounts_in(text) == []


def test_warnings_are_in_the_readers_language(
    shop: Shop, seller: User, address: str, client_of: Any
) -> None:
    SavedReplyFactory(shop=shop, body="Cuesta 20 €, {{ shopper }}.")
    (filled,) = answer(client_of(seller), address, "es")["replies"]
    assert filled["warnings"] == ["El texto dice 20 €; el producto cuesta hoy 24,50\xa0€."]


def test_a_use_is_counted_and_orders_the_list(
    reply: SavedReply, shop: Shop, seller: User, address: str, client_of: Any
) -> None:
    other = SavedReplyFactory(shop=shop, name="A")
    client = client_of(seller)
    assert [one["name"] for one in answer(client, address)["replies"]] == ["A", "Price"]
    assert client.post(f"{address}{reply.pk}/use/", headers=JSON).status_code == 204
    assert [one["name"] for one in answer(client, address)["replies"]] == ["Price", "A"]
    assert "Used 1 time\n" in client.get("/saved-replies/").text
    other.refresh_from_db()
    assert other.uses == 0


def test_too_many_uses_are_refused_and_not_counted(
    reply: SavedReply, seller: User, address: str, client_of: Any, settings: Any
) -> None:
    settings.SAVED_REPLY_USES_PER_MINUTE = 1
    client = client_of(seller)
    statuses = [client.post(f"{address}{reply.pk}/use/", headers=JSON).status_code for _ in "ab"]
    assert statuses == [204, 429]
    reply.refresh_from_db()
    assert reply.uses == 1


def test_without_scripts_the_text_is_put_into_the_box(
    reply: SavedReply, seller: User, conversation: Conversation, address: str, client_of: Any
) -> None:
    client = client_of(seller)
    assert f'href="{address}"' in client.get(conversation.get_absolute_url()).text
    page = client.get(address, headers={"accept": "text/html"}).text
    assert "Hi Lucía, the Speckled bowl costs €24.50." in page
    assert f'action="{address}{reply.pk}/use/"' in page
    led = client.post(f"{address}{reply.pk}/use/", headers={"accept": "text/html"})
    box = f"{conversation.get_absolute_url()}?reply={reply.pk}#composer-body"
    assert led.headers["Location"] == box
    assert "Hi Lucía, the Speckled bowl costs €24.50. Marta, Barro y Sal</textarea>" in (
        client.get(box).text
    )
    reply.refresh_from_db()
    assert reply.uses == 1


@pytest.mark.parametrize("key", ["0", "x", "9" * 40, "-1", "999999"])
def test_an_unknown_reply_in_the_address_changes_nothing(
    key: str, seller: User, conversation: Conversation, client_of: Any
) -> None:
    page = client_of(seller).get(f"{conversation.get_absolute_url()}?reply={key}")
    assert page.status_code == 200
    assert "></textarea>" in page.text


def test_a_shoppers_page_knows_nothing_of_replies(
    reply: SavedReply, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    page = client_of(shopper).get(f"{conversation.get_absolute_url()}?reply={reply.pk}").text
    assert "saved-replies" not in page.split("importmap")[0] + page.split("</head>")[1]
    assert "24.50. Marta" not in page
