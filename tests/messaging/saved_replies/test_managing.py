"""Adding, changing and deleting saved replies, with only forms."""

from typing import Any

import pytest

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging.factories import SavedReplyFactory
from messaging.models import SavedReply

pytestmark = pytest.mark.django_db
LIST = "/saved-replies/"


def test_a_colleague_adds_changes_and_deletes_the_shops(
    shop: Shop, seller: User, colleague: User, form: dict[str, Any], client_of: Any
) -> None:
    client = client_of(colleague)
    assert client.post(f"{LIST}new/?shop={shop.pk}", form).headers["Location"] == LIST
    reply = SavedReply.objects.get()
    assert (reply.shop_id, reply.owner_id, reply.body) == (shop.pk, None, form["body"])
    page = client_of(seller).get(LIST).text
    assert "Shipping" in page
    assert "/shipping" in page
    changed = {**form, "body": "Tuesdays.", "revision": reply.revision}
    assert client_of(seller).post(f"{LIST}{reply.pk}/", changed).status_code == 302
    reply.refresh_from_db()
    assert (reply.body, reply.revision) == ("Tuesdays.", 2)
    assert "Tuesdays." in client.get(f"{LIST}{reply.pk}/delete/").text
    assert SavedReply.objects.exists()
    assert client.post(f"{LIST}{reply.pk}/delete/").status_code == 302
    assert not SavedReply.objects.exists()


def test_ones_own_are_nobody_elses(
    shop: Shop, seller: User, colleague: User, form: dict[str, Any], client_of: Any
) -> None:
    assert client_of(seller).post(f"{LIST}new/", form).status_code == 302
    reply = SavedReply.objects.get()
    assert (reply.shop_id, reply.owner_id) == (None, seller.pk)
    assert "Shipping" in client_of(seller).get(LIST).text
    other = client_of(colleague)
    assert "Shipping" not in other.get(LIST).text
    for path in (f"{LIST}{reply.pk}/", f"{LIST}{reply.pk}/delete/"):
        assert other.get(path).status_code == 404
        assert other.post(path, {**form, "revision": 1}).status_code in (302, 404)
    assert SavedReply.objects.filter(revision=1).exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", "Hi {{ name }}", "there is no variable “name”"),
        ("body", "}}{{", "closes nothing"),
        ("body", "{{ me", "is not closed"),
        ("body", "Much too long " * 8000, "That is too long: 111999 characters"),
        ("body", "a\0b", "Null characters are not allowed."),
        ("body", "a\x07b", "can't be shown"),
        ("body", "\u2800", "Write the text of the reply."),
        ("short", "¿?", "Use small letters, digits and single hyphens"),
        ("short", "x" * 31, "at most 30 characters"),
        ("name", "\u202egnp", "change the writing direction"),
        ("short", "price", "Another reply has this shortcut already."),
    ],
)
def test_a_wrong_value_is_explained_beside_its_field_and_kept(
    field: str, value: str, words: str, shop: Shop, reply: SavedReply, seller: User,
    form: dict[str, Any], client_of: Any,
) -> None:  # fmt: skip
    answer = client_of(seller).post(f"{LIST}new/?shop={shop.pk}", {**form, field: value})
    assert answer.status_code == 400
    assert words in " ".join(answer.context["form"].errors[field])
    assert "field__error" in answer.text
    assert "We ship on Mondays" in answer.text or field == "body"
    if field == "body" and "\0" not in value:
        assert answer.context["form"]["body"].value().strip() == value.strip()
    assert SavedReply.objects.count() == 1
    other = {**form, "short": "shipping-2"}
    assert client_of(seller).post(f"{LIST}new/?shop={shop.pk}", other).status_code == 302


def test_html_in_names_and_texts_is_text(
    shop: Shop, seller: User, form: dict[str, Any], client_of: Any
) -> None:
    client = client_of(seller)
    client.post(f"{LIST}new/?shop={shop.pk}", {**form, "name": "<b>x</b>", "body": "<i>y</i>"})
    page = client.get(LIST).text
    assert "&lt;b&gt;x" in page
    assert "&lt;i&gt;y" in page
    assert "<b>x" not in page


@pytest.mark.parametrize("typed", ["/Envío rápido", "envio-rapido", " ENVÍO  RÁPIDO "])
def test_a_shortcut_may_be_typed_as_people_write(
    typed: str, seller: User, form: dict[str, Any], client_of: Any, shop: Shop
) -> None:
    client_of(seller).post(f"{LIST}new/", {**form, "short": typed})
    assert SavedReply.objects.get().short == "envio-rapido"


def test_the_same_shortcut_may_be_ones_own_and_the_shops(
    reply: SavedReply, seller: User, form: dict[str, Any], client_of: Any
) -> None:
    client = client_of(seller)
    assert client.post(f"{LIST}new/", {**form, "short": "price"}).status_code == 302
    other = {**form, "short": "price", "body": "Other words."}
    assert client.post(f"{LIST}new/", other).status_code == 400
    assert SavedReply.objects.filter(short="price").count() == 2


def test_a_second_click_saves_once_and_says_so(
    seller: User, shop: Shop, form: dict[str, Any], client_of: Any
) -> None:
    client = client_of(seller)
    for _click in range(2):
        assert client.post(f"{LIST}new/?shop={shop.pk}", form).status_code == 302
    reply = SavedReply.objects.get()
    for _click in range(2):
        changed = {**form, "body": "One\r\nTwo", "revision": 1}
        assert client.post(f"{LIST}{reply.pk}/", changed).status_code == 302
    assert SavedReply.objects.get().revision == 2


def test_a_change_since_then_is_shown_and_not_overwritten(
    reply: SavedReply, seller: User, colleague: User, form: dict[str, Any], client_of: Any
) -> None:
    path, mine = f"{LIST}{reply.pk}/", {**form, "body": "Mine.", "revision": 1}
    theirs = {**form, "body": "Theirs.", "revision": 1}
    assert client_of(colleague).post(path, theirs).status_code == 302
    refused = client_of(seller).post(path, mine)
    assert refused.status_code == 409
    assert "A colleague has changed this reply in the meantime." in refused.text
    assert "Theirs." in refused.text
    assert "Mine.</textarea>" in refused.text
    assert SavedReply.objects.get().body == "Theirs."
    assert 'name="revision" value="2"' in refused.text
    assert client_of(seller).post(path, {**mine, "revision": 2}).status_code == 302
    assert SavedReply.objects.get().body == "Mine."


@pytest.mark.parametrize("whose", ["shop", "own"])
def test_there_is_a_limit(
    whose: str, shop: Shop, seller: User, form: dict[str, Any], client_of: Any, settings: Any
) -> None:
    settings.SAVED_REPLIES_PER_SHOP = settings.SAVED_REPLIES_PER_PERSON = 1
    path = f"{LIST}new/" + (f"?shop={shop.pk}" if whose == "shop" else "")
    client = client_of(seller)
    assert client.post(path, form).status_code == 302
    refused = client.post(path, {**form, "short": "other"})
    assert refused.status_code == 403
    assert "There is already 1 saved reply here." in refused.text
    assert form["body"] in refused.text
    assert SavedReply.objects.count() == 1


def test_who_leaves_the_shop_loses_its_replies_and_keeps_their_own(
    reply: SavedReply, colleague: User, form: dict[str, Any], client_of: Any
) -> None:
    SavedReplyFactory(owner=colleague, name="My own")
    client = client_of(colleague)
    assert client.get(f"{LIST}{reply.pk}/").status_code == 200
    ShopMember.objects.filter(user=colleague).delete()
    page = client.get(LIST).text
    assert "My own" in page
    assert reply.name not in page
    for path in (f"{LIST}{reply.pk}/", f"{LIST}{reply.pk}/delete/"):
        assert client.post(path, {**form, "revision": 1}).status_code in (302, 404)
    assert client.post(f"{LIST}new/?shop={reply.shop_id}", form).status_code == 404
    assert SavedReply.objects.filter(pk=reply.pk, revision=1).exists()


def test_ones_own_are_usable_in_every_shop_of_ones_own(
    shop: Shop, other_seller: User, seller: User, client_of: Any
) -> None:
    other = ShopMember.objects.get(user=other_seller).shop
    ShopMemberFactory(shop=other, user=seller)
    SavedReplyFactory(shop=other, name="Of the other shop")
    SavedReplyFactory(owner=seller, name="My own")
    page = client_of(seller).get(LIST).text
    assert "Of the other shop" in page
    assert page.count("My own") >= 1


def test_a_shopper_has_no_such_page(shopper: User, client_of: Any, form: dict[str, Any]) -> None:
    for path in (LIST, f"{LIST}new/"):
        assert client_of(shopper).get(path).status_code == 404
    assert client_of(shopper).post(f"{LIST}new/", form).status_code == 404
    assert not SavedReply.objects.exists()
