"""Whatever a form contains, and whatever a body is, gets a clear response, never a 500."""

from typing import Any

import pytest

from tests.whole import some_of

from .attack import (
    ACTS_OF_STAFF,
    FIELDS,
    HOSTILE,
    LISTS_OF_STAFF,
    OF_ALL,
    ROWS_OF_STAFF,
    WORST,
    Attack,
    each_with_some,
    fill,
)

pytestmark = pytest.mark.django_db


def form_of(value: str) -> str:
    return "&".join(f"{name}={value}" for name in FIELDS)


def test_no_form_breaks_by_its_fields(attack: Attack, real: dict[str, str]) -> None:
    for route, value in each_with_some(OF_ALL):
        attack.send("POST", fill(route, real), form_of(value))
    assert attack.failures == []


def test_no_form_of_somebody_logged_out_breaks(client_of: Any, real: dict[str, str]) -> None:
    attack = Attack(client_of(None))
    for route in ("/products/<slug>/contact/", "/conversation/<conversation_id>/new_message/"):
        for value in HOSTILE.values():
            attack.send("POST", fill(route, real), form_of(value))
    assert attack.failures == []


def test_no_form_of_staff_breaks_by_its_fields(of_chief: Attack, real: dict[str, str]) -> None:
    routes = (*LISTS_OF_STAFF, *ROWS_OF_STAFF, *ACTS_OF_STAFF)
    for route, value in each_with_some(routes, WORST):
        of_chief.send("POST", fill(route, real), form_of(value))
    assert of_chief.failures == []


BODIES = {
    "JSON that ends too early": ("application/json", '{"body":'),
    "JSON of great depth": ("application/json", "[" * 100_000),
    "JSON with a lone surrogate": ("application/json", '{"body":"\\ud800"}'),
    "no form at all": ("application/octet-stream", "\x00\xff" * 1000),
    "parts without a boundary": ("multipart/form-data", "x"),
    "parts that never end": ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form"),
    "a field without a name": ("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--"),
    "an unknown alphabet": ("application/x-www-form-urlencoded; charset=klingon", "body=x"),
    "another alphabet": ("application/x-www-form-urlencoded; charset=utf-16", "body=x"),
    "a type that is none": ("\x7f;;=", "body=x"),
    "too many fields": ("application/x-www-form-urlencoded", "a=1&" * 2000),
    "too much": ("application/x-www-form-urlencoded", "body=" + "x" * (3 * 2**20)),
}


@pytest.mark.parametrize("kind", some_of(BODIES, 4))
def test_no_address_breaks_by_a_body_that_is_no_form(
    kind: str, attack: Attack, real: dict[str, str]
) -> None:
    content_type, body = BODIES[kind]
    for route in (
        "/accounts/login/",
        "/accounts/signup/",
        "/products/<slug>/contact/",
        "/conversation/<conversation_id>/new_message/",
        "/my/products/new/",
        "/notifications/read/",
        "/admin/login/",
    ):
        attack.send("POST", fill(route, real), body, content_type=content_type)
    assert attack.failures == []
