"""Forms that are still being saved while their account is suspended or deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import deletion, pictures
from accounts.adapter import AccountAdapter
from accounts.forms import ProfileForm
from accounts.models import User
from catalog import teams
from catalog.models import Shop
from tests.products import picture
from tests.rulings import suspend

from .acts import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

PROFILE = {"name": "Still here", "language": "es", "time_zone": ""}


@pytest.fixture(params=["suspended", "deleted"])
def ending(request: pytest.FixtureRequest, shopper: User, moderator: User) -> Callable[[], object]:
    """Suspends or deletes the shopper's account."""
    if request.param == "suspended":
        return lambda: suspend(moderator, shopper.pk, "Spam")
    return lambda: deletion.delete_account(shopper.pk)


def columns(user: User) -> dict[str, Any]:
    return dict(User.objects.filter(pk=user.pk).values().get())


def first(act: Callable[[], object], then: Any) -> Any:
    """Return a method that first calls `act`, and then does what it always does."""

    def method(*args: Any, **kwargs: Any) -> Any:
        act()
        return then(*args, **kwargs)

    return method


def test_a_late_profile_brings_no_account_back(
    ending: Any, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, rows = client_of(shopper), []

    def end() -> None:
        ending()
        rows.append(columns(shopper))

    monkeypatch.setattr(ProfileForm, "is_valid", first(end, ProfileForm.is_valid))
    response = client.post("/accounts/profile/", PROFILE)
    assert (response.status_code, columns(shopper)) == (302, rows[0])
    assert not rows[0]["is_active"]
    assert response["Location"].startswith("/accounts/login/")


def test_a_profile_changes_nothing_but_its_own_columns(
    shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_tab() -> None:
        User.objects.filter(pk=shopper.pk).update(role="seller", picture="people/new.jpg")

    monkeypatch.setattr(ProfileForm, "is_valid", first(other_tab, ProfileForm.is_valid))
    client = client_of(shopper)
    before = columns(shopper)
    assert client.post("/accounts/profile/", PROFILE)["Location"] == "/accounts/profile/"
    mine = {**PROFILE, "role": "seller", "picture": "people/new.jpg"}
    assert columns(shopper) == {**before, **mine}


def test_a_late_password_brings_no_account_back(
    ending: Any, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(shopper)
    monkeypatch.setattr(AccountAdapter, "set_password", first(ending, AccountAdapter.set_password))
    word = "another-long-one"
    new = {"oldpassword": PASSWORD, "password1": word, "password2": word}
    assert client.post("/accounts/password/change/", new).status_code == 302
    row = columns(shopper)
    assert not row["is_active"]
    if row["deleted_at"]:
        assert (row["name"], row["email"]) == ("", f"{shopper.pk}@deleted.invalid")


def test_a_late_picture_is_not_stored(
    ending: Any, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "set_picture", first(ending, pictures.set_picture))
    sent = {"picture": SimpleUploadedFile("me.jpg", picture())}
    response = client_of(shopper).post("/accounts/profile/picture/", sent)
    assert response["Location"].startswith("/accounts/login/")
    assert columns(shopper)["picture"] == ""


def test_a_late_shop_is_not_opened(
    ending: Any, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "open_shop", first(ending, teams.open_shop))
    response = client_of(shopper).post("/my/shop/open/", {"name": "A shop without anybody"})
    assert response.status_code == 403
    assert not Shop.objects.exists()
