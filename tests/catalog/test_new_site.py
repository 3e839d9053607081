"""A fresh production site: categories by a command, and an empty front page with a next step."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.factories import UserFactory
from catalog.models import Category

pytestmark = pytest.mark.django_db


def test_categories_are_added_once_in_both_languages() -> None:
    for _ in range(2):
        call_command("add_categories", "Ceramics/Cerámica", "Home & garden/Casa y jardín")
    rows = Category.objects.values_list("name", "name_es", "slug")
    assert set(rows) == {
        ("Ceramics", "Cerámica", "ceramics"),
        ("Home & garden", "Casa y jardín", "home-garden"),
    }


@pytest.mark.parametrize("names", ["Ceramics", "/Cerámica", "Ceramics/", "x" * 41 + "/x", "!!/!!"])
def test_a_category_that_cannot_be_is_refused_and_none_is_added(names: str) -> None:
    with pytest.raises(CommandError):
        call_command("add_categories", "Prints/Láminas", names)
    assert not Category.objects.exists()


def test_the_empty_front_page_says_what_to_do_next() -> None:
    visitor, superuser = Client(), Client()
    superuser.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert "be the first to sell" in visitor.get("/").content.decode()
    assert "/admin/catalog/category/add/" in superuser.get("/").content.decode()
    assert "/admin/" not in visitor.get("/").content.decode()
