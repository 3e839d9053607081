"""Production refuses to start with incomplete settings, and is strict once it runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.test import Client, RequestFactory
from websockets.exceptions import InvalidStatus

from accounts.models import User
from tests.site import JSON, Site, Visitor
from tests.whole import some_of

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "kX2-mQ7_vT9zB4cN8wL1yR5hJ3gD6fS0pA-eU2iO7tY4bV9nM1",
    "ALLOWED_HOSTS": "shop.example.com,127.0.0.1",
    "TRUSTED_ORIGINS": "https://shop.example.com",
}
ORIGIN = GOOD["TRUSTED_ORIGINS"]
Start = Callable[..., str]
# Imports modules that need no settings once, then forks for each environment.
NURSERY = """
import json, os, sys, traceback
import csp.constants, django.utils.translation, django_stubs_ext, environ, redis.asyncio, structlog
import cryptography.x509, daphne.server, fido2.webauthn, holidays, phonenumbers, PIL.Image, psycopg
import confusable_homoglyphs.confusables, service_identity, tldextract
for line in sys.stdin:
    names, environment = json.loads(line)
    reader, writer = os.pipe()
    if not os.fork():
        os.dup2(writer, 1), os.dup2(writer, 2)
        os.environ.clear(), os.environ.update(environment)
        try:
            django.setup()
            print(json.dumps({name: getattr(django.conf.settings, name) for name in names}))
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    with open(reader) as said:
        print(json.dumps(said.read()), flush=True)
    os.wait()
"""


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """`start(*names, **environment)`: load the settings and the apps in a separate process.

    It returns the named settings as JSON, or the reason why the process doesn't start.
    """
    command = [sys.executable, "-c", NURSERY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as nursery:

        def run(*names: str, **environment: str) -> str:
            assert nursery.stdin
            assert nursery.stdout
            base = {key: value for key, value in os.environ.items() if key not in GOOD}
            print(json.dumps([names, base | environment]), file=nursery.stdin, flush=True)
            said: str = json.loads(nursery.stdout.readline())
            return said

        yield run


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", f"django-insecure-{GOOD['SECRET_KEY']}"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".com"),
        ("ALLOWED_HOSTS", "com"),
        ("ALLOWED_HOSTS", ".shop.example.com"),
        ("ALLOWED_HOSTS", "*.example.com"),
        ("ALLOWED_HOSTS", "shop.example.com,.co.uk"),
        ("ALLOWED_HOSTS", "shop.example.com:443"),
        ("TRUSTED_ORIGINS", ""),
        ("TRUSTED_ORIGINS", "shop.example.com"),
        ("TRUSTED_ORIGINS", "http://shop.example.com"),
        ("TRUSTED_ORIGINS", "https://shop.example.com/path"),
        ("SITE_URL", "https://evil.example"),
        ("TRUSTED_ORIGINS", "https://*.example.com"),
        ("TRUSTED_ORIGINS", "https://.com"),
        ("DEFAULT_FROM_EMAIL", "Shop"),
        ("DEFAULT_FROM_EMAIL", "hello@"),
        ("DATABASE_URL", "shop"),
        ("DATABASE_URL", "mysql://user@host/shop"),
        ("REDIS_URL", "host:6379"),
        ("LOGIN_FAILURES_PER_PAIR", "often"),
        ("LOGINS_PER_ADDRESS", "5"),
        ("PASSWORD_RESETS_PER_ADDRESS", "0/m"),
    ],
)
def test_it_refuses_to_start_and_says_what_it_needs(name: str, value: str, start: Start) -> None:
    assert f"ImproperlyConfigured: {name} must" in start(**GOOD | {name: value})


HOSTS = ("127.0.0.1,[::1]", "shop.example.co.uk", "localhost")


@pytest.mark.parametrize("hosts", some_of(HOSTS, 1))
def test_it_starts_for_whole_names_and_addresses(hosts: str, start: Start) -> None:
    said = start("ALLOWED_HOSTS", **GOOD | {"ALLOWED_HOSTS": hosts})
    assert json.loads(said) == {"ALLOWED_HOSTS": hosts.split(",")}


def test_it_is_strict_whatever_the_environment_of_a_laptop_says(start: Start) -> None:
    names = (
        "DEBUG", "DEMO_LOGINS", "ACCOUNT_EMAIL_VERIFICATION", "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "CSRF_TRUSTED_ORIGINS", "SITE_URL",
        "STAFF_SECOND_FACTOR_REQUIRED",
    )  # fmt: skip
    said = start(*names, **GOOD, DEBUG="1", DEMO_LOGINS="1")
    assert json.loads(said) == {
        "DEBUG": False,
        "DEMO_LOGINS": False,
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "CSRF_TRUSTED_ORIGINS": [ORIGIN],
        "SITE_URL": ORIGIN,
        "STAFF_SECOND_FACTOR_REQUIRED": True,
    }


def test_mails_are_from_the_host_they_lead_to_unless_another_is_named(start: Start) -> None:
    names = ("DEFAULT_FROM_EMAIL", "SERVER_EMAIL")
    said = start(*names, **GOOD)
    assert set(json.loads(said).values()) == {"Trato <no-reply@shop.example.com>"}
    said = start(*names, **GOOD, DEFAULT_FROM_EMAIL="Shop <hello@example.org>")
    assert set(json.loads(said).values()) == {"Shop <hello@example.org>"}


def test_other_hosts_may_stay_without_tls(start: Start) -> None:
    names = (
        "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD",
    )  # fmt: skip
    said = start(*names, **GOOD)
    assert list(json.loads(said).values()) == [31_536_000, True, True]
    said = start(*names, **GOOD, HSTS_SECONDS="3600", HSTS_SUBDOMAINS="0")
    assert list(json.loads(said).values()) == [3600, False, False]


def test_a_development_without_debug_offers_no_demo_logins(start: Start) -> None:
    laptop = {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    for debug in ("1", "0"):
        said = start("DEBUG", "DEMO_LOGINS", **laptop, DEBUG=debug, DEMO_LOGINS="1")
        assert json.loads(said) == {"DEBUG": debug == "1", "DEMO_LOGINS": debug == "1"}


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server with production's settings; we are the proxy in front of it."""
    folder = tmp_path_factory.mktemp("production")
    with Site.on_test_database(folder, **GOOD) as made:
        made.start()
        yield made


@pytest.mark.django_db(transaction=True)
def test_the_socket_takes_pages_of_the_whole_origin_and_of_no_other(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.socket(origin=ORIGIN) as line:
        assert line.closed_with() == 4401  # accepted, and then asked for a session
    for other in (
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://evil.example",
        f"http://127.0.0.1:{site.ports[0]}",  # an allowed host, but not a trusted origin
        None,
    ):
        with pytest.raises(InvalidStatus), visitor.socket(origin=other):
            pass


@pytest.mark.django_db(transaction=True)
def test_what_came_without_tls_is_sent_back_and_health_is_not(site: Site) -> None:
    visitor = Visitor(site)
    assert visitor.get("/conversations/").headers["Location"].startswith("https://")
    collected = Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    assert visitor.get("/health/").status == (200 if collected else 503)
    answer = visitor.get("/conversations/", accept=JSON, x_forwarded_proto="https")
    assert answer.status == 401
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


@pytest.mark.django_db(transaction=True)
def test_a_server_without_its_static_files_says_so(site: Site) -> None:
    collected = Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    assert ("python manage.py collectstatic" in site.said()) is not collected


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the client made up the first one
        (2, "198.51.100.1, 203.0.113.7, 192.0.2.9", "203.0.113.7"),
        (1, "203.0.113.7:5000", "203.0.113.7"),  # as some proxies write it
    ],
)
def test_an_address_is_believed_as_far_as_our_own_proxies_wrote_it(
    proxies: int, forwarded: str, client: str, settings: Any
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert get_adapter().get_client_ip(request) == client


@pytest.mark.django_db
def test_staff_log_in_through_the_same_page_and_limits_as_everybody(moderator: User) -> None:
    client = Client()
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    form = {"username": moderator.email, "password": "trato-demo"}
    answer = client.post("/admin/login/", form)
    assert answer.status_code == 401
    assert "/accounts/login/" in answer.text
    assert "trato-demo" not in answer.text
    assert client.get("/admin/").status_code == 302
    for _ in range(6):
        client.post("/accounts/login/", {"login": moderator.email, "password": "wrong"})
    right = {"login": moderator.email, "password": "trato-demo"}
    assert client.post("/accounts/login/", right).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert Client(REMOTE_ADDR="192.0.2.9").post("/accounts/login/", right).status_code == 302
