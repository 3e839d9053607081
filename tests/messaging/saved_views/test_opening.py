"""Saved views in the inbox."""

from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging.factories import SavedViewFactory
from messaging.filtering.filters import Filter, parsed
from messaging.models import Label

pytestmark = pytest.mark.django_db
INBOX = "/conversations/"
CURRENT = 'href="/conversations/?{}"\n              aria-current="page"'


def test_the_current_view_is_marked_whatever_the_order_of_its_parts(
    shop: Shop, seller: User, client_of: Any
) -> None:
    SavedViewFactory(shop=shop, query="lane=ours&assigned=none")
    SavedViewFactory(owner=seller, query="starred=1")
    client = client_of(seller)
    page = client.get(f"{INBOX}?assigned=none&lane=ours&before=x").text
    assert CURRENT.format("lane=ours&amp;assigned=none") in page
    assert CURRENT.format("starred=1") not in page
    assert "saved-view-name" not in page  # it already has a name
    assert "saved-view-name" in client.get(f"{INBOX}?assigned=none").text
    assert "saved-view-name" not in client.get(INBOX).text


def test_a_view_of_what_is_gone_says_so(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    label = Label.objects.create(shop=shop, name="Gift", folded_name="gift")
    queries = [f"label={label.pk}", f"assigned={colleague.pk}"]
    for query in queries:
        SavedViewFactory(shop=shop, name=f"My {query}", query=query)
    client = client_of(seller)
    for query in queries:
        assert "out of date" not in client.get(f"{INBOX}?{query}").text
    label.delete()
    ShopMember.objects.filter(user=colleague).delete()
    for query in queries:
        for path in (INBOX, f"{INBOX}rows/"):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == 200
            assert "This view is out of date" in answer.text
            assert f"“My {query}” filters by" in answer.text
        for path in (INBOX, f"{INBOX}rows/"):  # no view, and the same words
            answer = client.get(f"{path}?{query}&starred=1")
            assert answer.status_code == 404
            assert "It filters by a label, a product or a colleague that is gone" in answer.text
    answer = client.get(f"{INBOX}?{queries[0]}", headers={"Accept": "application/json"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(lane="ours", unread=True, assigned="none", label=3, product=4, starred=True),
        Filter(archived=True, snoozed=True, words="caña & <b>=1?+", sort="waiting"),
        Filter(assigned="12", words="😀" * 100),
    ],
)
def test_a_filter_reads_back_from_its_address(wanted: Filter) -> None:
    assert parsed(QueryDict(wanted.query)) == wanted
    assert len(wanted.query) < 1400
