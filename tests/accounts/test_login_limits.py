"""Wrong passwords: guessing is slow, and the owner can still log in."""

import re
import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import throttle
from accounts.models import User

pytestmark = pytest.mark.django_db

RIGHT = "trato-demo"
HOME, OFFICE = "192.0.2.1", "192.0.2.2"
REFUSED = "Too many wrong passwords"


@pytest.fixture(params=["shopper", "moderator"])
def owner(request: pytest.FixtureRequest) -> User:
    """A person with a confirmed address, either staff or not."""
    user: User = request.getfixturevalue(request.param)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def log_in(user: User, password: str = RIGHT, at: str = HOME, client: Client | None = None) -> Any:
    form = {"login": user.email, "password": password}
    return (client or Client()).post("/accounts/login/", form, REMOTE_ADDR=at)


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def guess(user: User, tries: int, at: str = OFFICE) -> None:
    for number in range(tries):
        assert not is_in(log_in(user, f"wrong {number}", at))


def test_a_guesser_elsewhere_does_not_keep_the_owner_out(owner: User) -> None:
    guess(owner, 20)
    assert REFUSED in log_in(owner, at=OFFICE).text
    assert is_in(log_in(owner, at=HOME))


def test_a_guesser_behind_a_proxy_that_listens_on_ipv6_does_not_either(owner: User) -> None:
    guess(owner, 20, at=f"::ffff:{OFFICE}")
    assert REFUSED in log_in(owner, at=OFFICE).text
    assert is_in(log_in(owner, at=f"::ffff:{HOME}"))


def test_a_guesser_is_stopped_for_the_pair_and_for_the_address(
    owner: User, stranger: User, settings: Any
) -> None:
    settings.LOGIN_FAILURES_PER_PAIR, settings.LOGIN_FAILURES_PER_ADDRESS = "2/m", "5/m"
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    guess(owner, 2)
    assert REFUSED in log_in(owner, at=OFFICE).text
    assert is_in(log_in(stranger, at=OFFICE))
    guess(stranger, 2)
    assert REFUSED in log_in(User(email="third@example.com"), at=OFFICE).text
    assert is_in(log_in(stranger, at=HOME))


def test_a_guesser_with_many_ipv6_networks_is_stopped_for_the_site(
    owner: User, stranger: User, settings: Any
) -> None:
    settings.LOGIN_FAILURES_PER_IPV6_SITE = "3/m"
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    for number in range(3):
        guess(owner, 1, at=f"2001:db8:1:{number}::7")
    assert REFUSED in log_in(stranger, at="2001:db8:1:9::7").text
    assert is_in(log_in(stranger, at="2001:db8:2::7"))
    for number in range(4):
        guess(owner, 1, at=f"198.51.100.{number}")  # IPv4 addresses have no site
    assert is_in(log_in(owner, at=HOME))


def test_a_guesser_of_many_addresses_is_stopped_for_the_account(owner: User, settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = "3/d"
    browser = Client()
    assert is_in(log_in(owner, client=browser))
    browser.post("/accounts/logout/")
    for number in range(3):
        guess(owner, 1, at=f"198.51.100.{number}")
    assert REFUSED in log_in(owner, at="198.51.100.9").text
    assert is_in(log_in(owner, client=browser))


def test_a_known_device_is_limited_too(owner: User, settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_DEVICE = "2/d"
    browser = Client()
    log_in(owner, client=browser)
    browser.post("/accounts/logout/")
    for _ in range(2):
        log_in(owner, "wrong", client=browser)
    assert REFUSED in log_in(owner, client=browser).text
    assert is_in(log_in(owner, at=HOME))


def test_a_device_is_known_for_its_own_accounts_only(
    owner: User, stranger: User, settings: Any
) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = "1/d"
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    browser = Client()
    log_in(stranger, client=browser)
    browser.post("/accounts/logout/")
    guess(owner, 1)
    assert REFUSED in log_in(owner, client=browser).text
    forged = Client()
    forged.cookies["device"] = browser.cookies["device"].value.replace("e", "f")
    assert REFUSED in log_in(owner, client=forged).text


def test_the_mailed_link_lets_the_owner_in(owner: User, settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = "1/d"
    guess(owner, 1)
    client = Client()
    client.post("/accounts/password/reset/", {"email": owner.email})
    link = re.findall(r"http://shop.test(\S+)", str(mail.outbox[0].body))[0]
    form = client.get(link, follow=True)
    new = {"password1": "slow-orchard-72", "password2": "slow-orchard-72"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    assert client.get("/conversations/").status_code == 200
    assert is_in(log_in(owner, "slow-orchard-72"))


def test_a_mail_that_somebody_else_asked_for_does_not_stop_the_owners(shopper: User) -> None:
    for _ in range(8):
        answer = Client().post("/accounts/password/reset/", {"email": shopper.email})
        assert answer.headers["Location"] == "/accounts/password/reset/done/"
    assert len(mail.outbox) == 1


def test_the_host_that_a_request_names_gives_no_new_tries(shopper: User) -> None:
    form = {"login": shopper.email, "password": "wrong"}
    for number in range(5):
        Client().post("/accounts/login/", form, headers={"host": f"testserver:{8000 + number}"})
    answer = Client().post("/accounts/login/", form, headers={"host": "testserver.:1"})
    assert REFUSED in answer.text


def test_whether_there_is_an_account_is_not_told(shopper: User) -> None:
    nobody = User(email="nobody@example.com")
    for _ in range(5):
        known, unknown = log_in(shopper, "wrong"), log_in(nobody, "wrong", at=OFFICE)
        assert known.context["form"].errors == unknown.context["form"].errors
    known, unknown = log_in(shopper), log_in(nobody, at=OFFICE)
    assert known.context["form"].errors == unknown.context["form"].errors
    assert REFUSED in known.text


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_counted_before_a_password_is_looked_at(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, together = [], threading.Barrier(8)
    monkeypatch.setattr(User, "check_password", lambda self, raw: looked.append(raw))

    def work() -> None:
        together.wait(30)
        log_in(shopper, "wrong")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) <= 5


def test_the_old_password_cannot_be_guessed_on_the_page_that_changes_it(
    shopper: User, client_of: Any, settings: Any
) -> None:
    settings.LOGIN_FAILURES_PER_PAIR = "2/d"
    client, before = client_of(shopper), shopper.password
    new = {"password1": "slow-orchard-72", "password2": "slow-orchard-72"}
    for old in ("wrong", "wrong again"):
        assert (
            client.post("/accounts/password/change/", {"oldpassword": old, **new}).status_code
            == 200
        )
    refused = client.post("/accounts/password/change/", {"oldpassword": RIGHT, **new})
    assert REFUSED in refused.text
    assert User.objects.get(pk=shopper.pk).password == before
    throttle.forget_tries(refused.wsgi_request, shopper.email)
    assert (
        client.post("/accounts/password/change/", {"oldpassword": RIGHT, **new}).status_code == 302
    )
    assert User.objects.get(pk=shopper.pk).check_password("slow-orchard-72")


@pytest.mark.parametrize(
    "password", [" " * 10, "\u200b" * 12, "aaaaaaaaaa", "abcabcabcabc", "\t\n  \u3000\u00a0      "]
)
def test_a_password_of_next_to_nothing_is_refused(
    password: str, shopper: User, client_of: Any
) -> None:
    form = {
        "email": "new@example.com", "name": "Nora Gil", "role": "consumer", "password1": password,
    }  # fmt: skip
    assert "field__error" in Client().post("/accounts/signup/", form).text
    assert not User.objects.filter(email="new@example.com").exists()
    change = {"oldpassword": RIGHT, "password1": password, "password2": password}
    client_of(shopper).post("/accounts/password/change/", change)
    assert User.objects.get(pk=shopper.pk).check_password(RIGHT)
    assert (
        Client().post("/accounts/signup/", form | {"password1": "a b c d e f"}).status_code == 302
    )


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed. Hashing is what takes time."""
    calls: list[str] = []

    def counted(password: str, *args: Any, **kwargs: Any) -> str:
        calls.append(password)
        return make_password(password, *args, **kwargs)

    for place in ("django.contrib.auth.base_user.make_password", "accounts.forms.make_password"):
        monkeypatch.setattr(place, counted)
    return calls


def test_a_sign_up_does_as_much_for_a_known_address_as_for_a_new_one(
    shopper: User, hashed: list[str]
) -> None:
    form = {"name": "Nora Gil", "role": "consumer", "password1": "slow-orchard-72"}
    done = []
    for email in (shopper.email, "new@example.com"):
        hashed.clear()
        mail.outbox.clear()
        answer = Client().post("/accounts/signup/", {**form, "email": email})
        done.append((answer.status_code, answer.headers["Location"], len(hashed), len(mail.outbox)))
        assert mail.outbox[0].to == [email]
    assert done[0] == done[1] == (302, "/accounts/confirm-email/", 1, 1)
