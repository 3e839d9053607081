"""Many values as one parameter."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from trato.array_parameters import listed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [0, 1, 3])
def test_numbers_find_their_rows_and_no_others(number: int) -> None:
    people = [UserFactory().pk for _ in range(4)]
    some = people[:number]
    assert set(User.objects.filter(pk__in=listed([*some, -1])).values_list("pk", flat=True)) == {
        *some
    }


def test_texts_find_their_rows_whatever_they_contain() -> None:
    keys = ['a"b', "c\\d", "{e,f}", "g'h", "%s", "NULL", "ñ", " "]
    for key in [*keys, "another"]:
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
    rows = Session.objects.filter(session_key__in=listed(keys, of=str))
    assert set(rows.values_list("pk", flat=True)) == set(keys)
