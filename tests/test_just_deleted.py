"""A form about something that a colleague has just deleted explains that, and leads on."""

import html
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import User
from catalog.factories import ShopMemberFactory, TeamInvitationFactory
from catalog.models import Product, Shop
from messaging.factories import SavedReplyFactory, SavedViewFactory
from messaging.models import Conversation
from messaging.triage import labels
from tests.products import picture
from tests.said import say

pytestmark = pytest.mark.django_db

# From existing objects to a URL, a form, and how to delete what the form is about.
Case = tuple[str, dict[str, Any], Callable[[], Any]]
WORDS = "Typed with care"


class Scene:
    def __init__(self, seller: User, shop: Shop, conversation: Conversation) -> None:
        self.seller, self.shop, self.conversation = seller, shop, conversation
        self.product: Product = conversation.product


def _label_name(scene: Scene) -> Case:
    row = labels.create(scene.seller, scene.shop.pk, "Urgent", "red")
    form = {"act": "change", "shop": scene.shop.pk, "label": row.pk, "colour": "blue"}
    return "/conversations/labels/", {**form, "name": WORDS}, row.delete


def _label_taken_off(scene: Scene) -> Case:
    row = labels.create(scene.seller, scene.shop.pk, "Urgent", "red")
    form = {"act": "unlabel", "label": row.pk, "conversation": scene.conversation.pk}
    return "/conversations/acts/", form, row.delete


def _reply(scene: Scene) -> Case:
    row = SavedReplyFactory(shop=scene.shop)
    form = {"name": "Post", "short": "post", "body": WORDS, "revision": row.revision}
    return f"/saved-replies/{row.pk}/", form, row.delete


def _reply_used(scene: Scene) -> Case:
    row = SavedReplyFactory(shop=scene.shop)
    return f"/conversation/{scene.conversation.pk}/saved-replies/{row.pk}/use/", {}, row.delete


def _view(scene: Scene) -> Case:
    row = SavedViewFactory(shop=scene.shop)
    return f"/conversations/views/{row.pk}/", {"name": WORDS}, row.delete


def _role(scene: Scene) -> Case:
    row = ShopMemberFactory(shop=scene.shop)
    return f"/my/team/{scene.shop.pk}/{row.user_id}/", {"role": "owner"}, row.delete


def _member(scene: Scene) -> Case:
    row = ShopMemberFactory(shop=scene.shop)
    return f"/my/team/{scene.shop.pk}/{row.user_id}/remove/", {}, row.delete


def _invitation(scene: Scene) -> Case:
    row = TeamInvitationFactory(shop=scene.shop, invited_by=scene.seller)
    return "/my/team/", {"shop": scene.shop.pk, "take_back": row.pk}, row.delete


def _picture(scene: Scene, **form: str) -> Case:
    row = scene.product.images.create(file=ContentFile(picture(), "bowl.jpg"))
    address = f"/my/products/{scene.product.slug}/pictures/{row.pk}/"
    return address, form, row.delete


def _picture_words(scene: Scene) -> Case:
    return _picture(scene, alt=WORDS)


def _picture_moved(scene: Scene) -> Case:
    return _picture(scene, move="later")


def _scheduled(scene: Scene) -> Case:
    return f"/conversation/{scene.conversation.pk}/scheduled/77/", {"body": WORDS}, lambda: None


def _held(scene: Scene) -> Case:
    address = f"/conversation/{scene.conversation.pk}/held/{uuid.uuid4()}/"
    return address, {}, lambda: None


def _reported(scene: Scene) -> Case:
    row = say(scene.conversation.consumer, scene.conversation, "Pay me elsewhere")
    address = f"{scene.conversation.get_absolute_url()}messages/{row.sequence}/report/"
    return address, {"reason": "spam", "words": WORDS}, row.delete


CASES = [
    _label_name, _label_taken_off, _reply, _reply_used, _view, _role, _member, _invitation,
    _picture_words, _picture_moved, _scheduled, _held, _reported,
]  # fmt: skip
LEAD_ON = ("is gone", "isn't there any more", "no longer", "Perhaps they've left")


@pytest.fixture
def scene(seller: User, shop: Shop, conversation: Conversation) -> Scene:
    return Scene(seller, shop, conversation)


@pytest.mark.parametrize("case", CASES)
def test_what_is_just_deleted_is_a_sentence_and_a_way_on(
    case: Callable[[Scene], Case], scene: Scene, client_of: Any
) -> None:
    client: Client = client_of(scene.seller)
    address, form, delete = case(scene)
    delete()
    answer = client.post(address, form, follow=True)
    page = answer.text
    assert "We can't find that page" not in page
    main = page.partition('class="notices"')[2] or page.partition("<main")[2]
    assert any(words in html.unescape(main) for words in LEAD_ON)
    assert 'href="/' in main
    assert "Saved." not in page
    assert WORDS in page or WORDS not in form.values()
