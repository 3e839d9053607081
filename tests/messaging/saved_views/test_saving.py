"""Saving, renaming and deleting views, with only forms."""

from typing import Any

import pytest

from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Shop, ShopMember
from messaging.factories import SavedViewFactory
from messaging.models import Label, SavedView

pytestmark = pytest.mark.django_db
VIEWS, NEW = "/conversations/views/", "/conversations/views/new/"
JSON = {"Accept": "application/json"}


def view(**values: Any) -> dict[str, Any]:
    return {"name": "Nobody's", "shop": "", "query": "lane=ours&assigned=none", **values}


def test_a_colleague_saves_renames_and_deletes_the_shops(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(colleague)
    given = view(shop=shop.pk, query="?assigned=none&before=x&lane=ours&sort=newest&q=")
    answer = client.post(NEW, given)
    row = SavedView.objects.get()
    assert (row.shop_id, row.owner_id, row.query) == (shop.pk, None, "lane=ours&assigned=none")
    assert answer.headers["Location"] == f"/conversations/?{row.query}"
    page = client_of(seller).get(VIEWS).text
    assert "Nobody&#x27;s" in page
    assert client_of(seller).post(f"{VIEWS}{row.pk}/", {"name": " For  all "}).status_code == 302
    assert SavedView.objects.get().name == "For all"
    assert "For all" in client.get(f"{VIEWS}{row.pk}/delete/").text
    assert SavedView.objects.exists()
    assert client.post(f"{VIEWS}{row.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_ones_own_are_nobody_elses(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    client_of(seller).post(NEW, view())
    row = SavedView.objects.get()
    assert (row.shop_id, row.owner_id) == (None, seller.pk)
    assert "Nobody&#x27;s" in client_of(seller).get("/conversations/").text
    other = client_of(colleague)
    assert "Nobody&#x27;s" not in other.get("/conversations/").text
    for path in (f"{VIEWS}{row.pk}/", f"{VIEWS}{row.pk}/delete/"):
        assert other.get(path).status_code == 404
        assert other.post(path, {"name": "Mine"}).status_code in (302, 404)
    assert SavedView.objects.filter(name="Nobody's").exists()


def test_a_second_click_saves_once_and_says_so(seller: User, shop: Shop, client_of: Any) -> None:
    client = client_of(seller)
    answers = [client.post(NEW, view(shop=shop.pk)) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert SavedView.objects.count() == 1
    assert client.post(NEW, view(shop=shop.pk, query="unread=1")).status_code == 400


def test_a_shopper_has_views_of_their_own(shopper: User, shop: Shop, client_of: Any) -> None:
    client = client_of(shopper)
    assert client.post(NEW, view(query="starred=1")).status_code == 302
    assert SavedView.objects.get().owner_id == shopper.pk
    assert client.post(NEW, view(name="Theirs", shop=shop.pk)).status_code == 400
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "\u2800", "This field cannot be blank."),
        ("name", "", "This field is required."),
        ("name", "\u202egnp", "change the writing direction"),
        ("name", "x" * 41, "at most 40 characters"),
        ("name", "TAKEN", "Another view has this name already."),
        ("query", "", "Choose a filter first"),
        ("query", "before=x&sort=newest&unknown=1", "Choose a filter first"),
        ("shop", "999999", "Select a valid choice"),
    ],
)
def test_a_wrong_value_is_explained_beside_its_field_and_kept(
    field: str, value: str, words: str, shop: Shop, seller: User, client_of: Any
) -> None:
    SavedViewFactory(owner=seller, name="Taken")
    client, given = client_of(seller), view(**{field: value})
    answer = client.post(NEW, given)
    assert answer.status_code == 400
    assert words in " ".join(answer.context["form"].errors[field])
    assert "field__error" in answer.text
    assert answer.context["form"]["name"].value() == given["name"]
    refused = client.post(NEW, given, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert words in refused.json()["detail"]
    assert SavedView.objects.count() == 1


def test_a_filter_by_what_is_not_ones_own_is_a_404(
    shop: Shop, seller: User, other_seller: User, client_of: Any
) -> None:
    label = Label.objects.create(shop=shop, name="Gift", folded_name="gift")
    given = view(query=f"label={label.pk}")
    client = client_of(other_seller)
    for query in (given["query"], "label=x", "assigned=999999", "product=0"):
        assert client.post(NEW, view(query=query)).status_code == 404
    assert not SavedView.objects.exists()
    assert client_of(seller).post(NEW, given).status_code == 302


def test_a_shops_view_filters_by_the_same_shops_labels(
    shop: Shop, seller: User, client_of: Any
) -> None:
    other = ShopFactory(owner=seller)
    label = Label.objects.create(shop=other, name="Gift", folded_name="gift")
    client, query = client_of(seller), f"label={label.pk}"
    refused = client.post(NEW, view(shop=shop.pk, query=query))
    assert refused.status_code == 400
    assert "this shop doesn't have" in " ".join(refused.context["form"].errors["shop"])
    for fitting in (other.pk, ""):
        assert client.post(NEW, view(shop=fitting, query=query)).status_code == 302


@pytest.mark.parametrize("whose", ["shop", "own"])
def test_there_is_a_limit(
    whose: str, shop: Shop, seller: User, client_of: Any, settings: Any
) -> None:
    settings.SAVED_VIEWS_PER_SHOP = settings.SAVED_VIEWS_PER_PERSON = 1
    client = client_of(seller)
    given = view(shop=shop.pk if whose == "shop" else "")
    assert client.post(NEW, given, headers=JSON).json()["query"] == given["query"]
    refused = client.post(NEW, {**given, "name": "Another"})
    assert refused.status_code == 403
    assert "There is already 1 saved view here." in refused.text
    assert "Another" in refused.text
    assert SavedView.objects.count() == 1


def test_who_leaves_the_shop_loses_its_views(shop: Shop, colleague: User, client_of: Any) -> None:
    row, client = SavedViewFactory(shop=shop, name="Our morning"), client_of(colleague)
    assert "Our morning" in client.get("/conversations/").text
    ShopMember.objects.filter(user=colleague).delete()
    assert "Our morning" not in client.get("/conversations/").text
    assert client.post(f"{VIEWS}{row.pk}/delete/").status_code == 302
    assert SavedView.objects.exists()
