"""Invalid messages are refused in the same way everywhere, and never stored."""

import html
import json
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, Message, Participant, Report
from notifications.models import Notification

pytestmark = pytest.mark.django_db

URLENCODED = "application/x-www-form-urlencoded"
# What is wrong with the body → the status for a form or a script, and the code for the script.
BODIES = {
    "empty": ("", 400, "invalid"),
    "blank": (" \t\r\n ", 400, "invalid"),
    "invisible": ("\u200b\u2060\u00ad", 400, "invalid"),
    "NUL": ("a\0b", 400, "invalid"),
    "a bell": ("a\x07b", 400, "invalid"),
    "an escape": ("\x1b[31m", 400, "invalid"),
    "a C1 control": ("a\x85b", 400, "invalid"),
    "one character too many": ("x" * 4001, 413, "too_long"),
    "a hundred thousand": ("é" * 100_000, 413, "too_long"),
}
CLIENT_IDS = ["", "x", "9" * 5000, "\0", "00000000-0000-4000-8000-00000000000g"]


def everything() -> list[Any]:
    """Return all rows that a message could create."""
    models = (Conversation, Message, Participant, Report, Notification)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.fixture
def thread(conversation: Conversation) -> str:
    return conversation.get_absolute_url()


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_is_none_is_refused_by_form_and_by_script(
    kind: str, thread: str, shopper: User, client_of: Any
) -> None:
    body, status, code = BODIES[kind]
    client, before = client_of(shopper), everything()
    form = {"body": body, "client_id": str(uuid.uuid4())}
    page = client.post(f"{thread}new_message/", form)
    answer = client.post(f"{thread}new_message/", form, headers={"accept": "application/json"})
    assert (page.status_code, answer.status_code) == (status, status)
    assert 'role="alert"' in page.text
    error = answer.json()
    assert (error["type"], error["code"], error["client_id"]) == ("error", code, form["client_id"])
    assert error["detail"] in html.unescape(page.text)
    assert everything() == before


@pytest.mark.parametrize("client_id", CLIENT_IDS)
def test_a_client_id_that_is_none_is_refused_by_form_and_by_script(
    client_id: str, thread: str, shopper: User, client_of: Any
) -> None:
    client, before = client_of(shopper), everything()
    form = {"body": "Hello", "client_id": client_id}
    assert client.post(f"{thread}new_message/", form).status_code == 400
    answer = client.post(f"{thread}new_message/", form, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert everything() == before


@pytest.mark.parametrize("kind", set(BODIES) - {"empty", "blank"})
def test_the_panel_of_a_product_refuses_it_too_and_opens_no_conversation(
    kind: str, product: Product, shopper: User, client_of: Any
) -> None:
    body, status, code = BODIES[kind]
    client, address = client_of(shopper), f"/products/{product.slug}/contact/"
    form = {"body": body, "client_id": str(uuid.uuid4())}
    assert client.post(address, form).status_code == status
    answer = client.post(address, form, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Conversation.objects.exists()


BROKEN: dict[str, Callable[[str], str]] = {
    "broken UTF-8": lambda form: form.replace("MARK", "%ff%fe"),
    "a lone surrogate": lambda form: form.replace("MARK", "%ed%a0%80"),
    "raw bytes": lambda form: form.replace("MARK", "\xff\xfe"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_text_that_is_no_utf_8_is_refused_and_not_patched_up(
    kind: str, accept: str, thread: str, shopper: User, client_of: Any
) -> None:
    client, before = client_of(shopper), everything()
    form = urlencode({"body": "MARK", "client_id": str(uuid.uuid4())})
    send = {"content_type": URLENCODED, "headers": {"accept": accept}}
    body = BROKEN[kind](form).encode("latin1")
    answer = client.post(f"{thread}new_message/", body, **send)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith(accept)
    assert everything() == before
    assert client.post(f"{thread}new_message/", form.encode(), **send).status_code in (200, 302)
    assert Message.objects.get().body == "MARK"


@pytest.mark.parametrize("query", ["q=%ff", "q=%ed%a0%80", "unread=1&%c3=1"])
def test_a_query_that_is_no_utf_8_is_refused(query: str, shopper: User, client_of: Any) -> None:
    for path in ("/products/", "/conversations/"):
        answer = client_of(shopper).generic("GET", path, QUERY_STRING=query)
        assert answer.status_code == 400
        assert "That didn't work" in answer.text


def test_html_is_text_wherever_it_is_shown(
    thread: str, conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    body = "<script>alert(1)</script><b>{{ 7*7 }}</b>"
    form = {"body": body, "client_id": str(uuid.uuid4())}
    client_of(shopper).post(f"{thread}new_message/", form)
    for path in (thread, "/conversations/", "/notifications/", f"{thread}messages/1/report/"):
        page = client_of(seller).get(path).text
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page, path
    raw = client_of(seller).get(f"{thread}messages/")
    assert raw.headers["Content-Type"].startswith("application/json")
    assert raw.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(raw.text)["messages"][0]["body"] == body


@pytest.mark.parametrize("sequence", ["", "x", "-1", "9" * 5000, str(2**31), "1.5", "\0"])
def test_a_read_mark_that_is_no_number_is_refused(
    sequence: str, thread: str, shopper: User, client_of: Any
) -> None:
    client: Client = client_of(shopper)
    before = everything()
    assert client.post(f"{thread}read/", {"sequence": sequence}).status_code == 400
    assert client.get(f"{thread}read.gif", {"sequence": sequence}).status_code == 400
    assert everything() == before


def test_the_picture_that_marks_as_read_is_signed_for_its_reader(
    thread: str, shopper: User, seller: User, client_of: Any
) -> None:
    client: Client = client_of(shopper)
    form = {"body": "Hello", "client_id": str(uuid.uuid4())}
    client_of(seller).post(f"{thread}new_message/", form)
    picture = html.unescape(
        re.findall(r'<img\s+src="([^"]*read.gif[^"]*)"', client.get(thread).text)[0]
    )
    before = everything()
    others = re.findall(r'<img\s+src="([^"]*read.gif[^"]*)"', client_of(seller).get(thread).text)
    theirs = html.unescape(others[0])
    passed_off = theirs.replace(f"page_user={seller.pk}", f"page_user={shopper.pk}")
    assert client.get(theirs).status_code == 412
    for forged in (picture.partition("&")[0], picture.replace("mark=", "mark=0"), passed_off):
        assert client.get(forged).status_code == 404
    assert everything() == before
    assert client.get(picture).headers["Content-Type"] == "image/gif"
    assert everything() != before


@pytest.mark.parametrize("words", ["a\0b", "x" * 1001])
def test_a_report_with_words_that_are_none_is_not_filed(
    words: str, thread: str, shopper: User, seller: User, client_of: Any
) -> None:
    client_of(shopper).post(
        f"{thread}new_message/", {"body": "Hello", "client_id": str(uuid.uuid4())}
    )
    client, path = client_of(seller), f"{thread}messages/1/report/"
    for form in ({"reason": "spam", "words": words}, {"reason": "spite", "words": ""}, {}):
        assert client.post(path, form).status_code == 400
    assert not Report.objects.exists()
    assert client.post(path, {"reason": "spam", "words": "a\nb"}).status_code == 302
    assert Report.objects.exists()
