"""Remarks on unusual links: the real host, look-alikes, what staff decided."""

from typing import Any

import pytest
from django.utils.html import escape

from accounts.models import User
from messaging import message_warnings
from messaging.factories import MessageFactory
from messaging.message_warnings import LinkRemark
from messaging.models import Conversation, LinkHost, Message
from messaging.shield.lookalikes import imitated
from messaging.templatetags.message_text import words

LONG = "https://accounts.bank.com." + "a" * 40 + ".evil.example/login"


@pytest.fixture
def _none_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.link_hosts.action_for", lambda host: "")


def drawn(text: str) -> str:
    message = Message(conversation_id=1, sequence=1, body=text)
    message.links = message_warnings.links(text)
    return words(message)


def only(text: str) -> LinkRemark:
    (remark,) = message_warnings.links(text)
    return remark


@pytest.mark.usefixtures("_none_listed")
@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/x", "https://shop.test/products/", "https://www.correos.es/seguimiento",
        "https://es.wikipedia.org/wiki/España", "https://shop.example.co.uk:8443/x?y=1#top",
        "no link", "javascript:alert(1)", "javascript://example.com/%0aalert(1)", "ftp://example.com",
        r"https://bank.com\@evil.example", "http://127.0.0.1/", "http://[::1]/", "http://localhost/",
        "https://example.com:99999", "https://a..b.com", "https://-a.com", "https://e%78ample.com",
        "https://xn--a.com",
    ],
)  # fmt: skip
def test_there_is_nothing_to_say_of_a_plain_link_or_of_no_link(text: str) -> None:
    assert list(message_warnings.links(text)) == []


@pytest.mark.usefixtures("_none_listed")
@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://shop.example@evil.example", "evil.example"),
        ("https://shop.example:443@evil.example/x", "evil.example"),
        ("https://shop.example／@evil.example", "evil.example"),
        ("https://user:pass@EVIL.example:8443/", "evil.example"),
        ("https://a@b@evil.example", "evil.example"),
        ("https://@evil.example", "evil.example"),
        (LONG, "evil.example"),
    ],
)
def test_an_address_that_hides_its_host_isnt_clickable_and_says_it(text: str, host: str) -> None:
    remark = only(f"see {text} now")
    assert (remark.address, remark.shown, remark.leads) == ("", "", host)
    assert drawn(text) == escape(text)


@pytest.mark.usefixtures("_none_listed")
@pytest.mark.parametrize(
    ("text", "address", "shown", "leads"),
    [
        ("https://faß.de/x", "https://xn--fa-hia.de/x", "faß.de/x", ""),
        ("https://xn--fa-hia.de", "https://xn--fa-hia.de", "faß.de", ""),
        (
            "https://Bücher.example:81/",
            "https://xn--bcher-kva.example:81/",
            "bücher.example:81/",
            "",
        ),
        ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai", "пример.рф", ""),
        ("https://日本語.jp", "https://xn--wgv71a119e.jp", "日本語.jp", ""),
        # Its alphabet differs from its ending's, so it can be mistaken.
        (
            "https://аррӏе.com/x",
            "https://xn--80ak6aa92e.com/x",
            "аррӏе.com/x",
            "xn--80ak6aa92e.com",
        ),
        (
            "https://XN--80ak6aa92e.com",
            "https://xn--80ak6aa92e.com",
            "аррӏе.com",
            "xn--80ak6aa92e.com",
        ),
        # Right-to-left letters would reverse the URL.
        ("https://שלום.com/x", "https://xn--9dbne9b.com/x", "xn--9dbne9b.com/x", ""),
        # How browsers read other dots, full-width letters, and a trailing dot.
        ("https://example。com/x", "https://example.com/x", "example.com/x", ""),
        ("https://ｅxample.com", "https://example.com", "example.com", ""),
        ("https://example.com./x", "https://example.com/x", "example.com/x", ""),
        (
            "https://example.com\u200b.evil.example",
            "https://example.com.evil.example",
            "example.com.evil.example",
            "",
        ),
    ],
)
def test_an_international_name_is_shown_as_people_write_it(
    text: str, address: str, shown: str, leads: str
) -> None:
    remark = only(text)
    assert (remark.address, remark.shown, remark.leads) == (address, shown, leads)
    assert f'href="{address}"' in drawn(text)


@pytest.mark.usefixtures("_none_listed")
def test_every_link_says_nothing_to_the_other_site_and_vouches_for_nothing() -> None:
    link = drawn("https://example.com")
    assert 'rel="noopener noreferrer nofollow ugc"' in link


@pytest.mark.parametrize(
    ("host", "like"),
    [
        ("correos-envio.top", "correos.es"), ("correos.es.evil.example", "correos.es"),
        ("c0rreos.es", "correos.es"), ("xn--crreos-wqf.es", "correos.es"),
        ("corrreos.es", "correos.es"), ("pago.correos.info", "correos.es"),
        ("paypa1.com", "paypal.com"), ("paypal.com-login.example", "paypal.com"),
        ("dhl-delivery.com", "dhl.com"), ("stripes.es", "stripe.com"),
        ("seur-entrega.info", "seur.com"), ("bizum-pago.es", "bizum.es"),
        ("ups-tracking.shop", "ups.com"), ("shop.test.evil.example", "shop.test"),
        ("caixabank.verify.example", "caixabank.es"), ("dhldelivery.com", "dhl.com"),
        ("mycorreos.es", "correos.es"), ("correos24.com", "correos.es"),
        ("paypalsecure.net", "paypal.com"), ("upstracking.info", "ups.com"),
        ("pagocorreos.com", "correos.es"), ("evri-redelivery.com", "evri.com"),
    ],
)  # fmt: skip
def test_hosts_that_look_like_known_ones_are_named(host: str, like: str) -> None:
    assert imitated(host) == like


@pytest.mark.parametrize(
    "host",
    [
        "correos.es", "www.correos.es", "dhl.de", "paypal.me", "ups.com", "www.shop.test",
        "pick-ups.com", "wise.es", "google.com", "es.wikipedia.org", "instagram.com", "shopify.com",
        "pinterest.com", "revolution.com", "express.com", "etsy.com", "youtube.com", "zara.com",
        "visa-application.org", "seur.paquetes.info", "grupos.com", "loop.com", "ikea.com",
        "elcorteingles.es", "amazon.es", "likewise.com", "xn--espaa-rta.com", "visaservices.com",
        "groups.com", "contrato.es", "startups.com", "upshot.com", "wiseonline.org",
    ],
)  # fmt: skip
def test_hosts_of_others_are_left_alone(host: str) -> None:
    assert imitated(host) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "action"),
    [
        ("evil.example", "block"), ("www.evil.example", "block"), ("a.b.EVIL.example", "block"),
        ("evil.example.", "block"), ("evil.example:8443", "block"), ("x@evil.example", "block"),
        ("good.evil.example", "warn"), ("notevil.example", ""), ("evil.example.org", ""),
        ("bücher.test-shop.com", "warn"),
    ],
)  # fmt: skip
def test_what_staff_decide_about_a_host_holds_for_those_below_it(host: str, action: str) -> None:
    LinkHost.objects.create(host="evil.example", action="block")
    LinkHost.objects.create(host="good.evil.example", action="warn")
    LinkHost.objects.create(host="xn--bcher-kva.test-shop.com", action="warn")
    remark = message_warnings.link_at(f"see https://{host}/x", 0)
    assert remark is not None
    assert remark.action == action
    assert bool(remark.address) == (action != "block" and "@" not in host)


@pytest.mark.django_db
def test_a_page_says_what_there_is_to_say(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    LinkHost.objects.create(host="bad.example", action="block")
    LinkHost.objects.create(host="odd.example", action="warn")
    text = (
        "https://a.bad.example/x https://odd.example/y https://correos-pago.top"
        " https://ok.example https://shop.example@evil.example https://аррӏе.com"
    )
    message = MessageFactory(conversation=conversation, body=text)
    address = f"/conversation/{conversation.pk}/messages/{message.sequence}/links/1/"
    for path in (conversation.get_absolute_url(), f"/conversation/{conversation.pk}/messages/1/"):
        page = client_of(seller).get(path).text.partition("<template data-message>")[0]
        assert "https://a.bad.example/x " in page
        assert 'href="https://a.bad.example' not in page
        assert f'href="{address}"' in page
        assert 'href="https://odd.example' not in page
        assert 'href="https://ok.example"' in page
        assert "Our staff have blocked a.bad.example, so the link" in page
        assert "Be careful with odd.example." in page
        assert "correos-pago.top looks like correos.es, but it is another site." in page
        assert "The address leads to evil.example." in page
        assert (
            "аррӏе.com mixes letters of several alphabets. It is really xn--80ak6aa92e.com." in page
        )
        assert "Be careful with ok.example" not in page


@pytest.mark.django_db
def test_scripts_get_what_there_is_to_say(
    seller: User, conversation: Conversation, client_of: Any
) -> None:
    LinkHost.objects.create(host="odd.example", action="warn")
    text = "https://ok.example https://odd.example/y https://correos-pago.top"
    MessageFactory(conversation=conversation, body=text)
    path = f"/conversation/{conversation.pk}/messages/"
    (item,) = client_of(seller).get(path).json()["messages"]
    odd = {"place": 1, "address": "https://odd.example/y", "shown": "odd.example/y"}
    like = {"place": 2, "address": "https://correos-pago.top", "shown": "correos-pago.top"}
    assert item["links"] == [
        {**odd, "host": "odd.example", "leads": "", "like": "", "action": "warn"},
        {**like, "host": "correos-pago.top", "leads": "", "like": "correos.es", "action": ""},
    ]
