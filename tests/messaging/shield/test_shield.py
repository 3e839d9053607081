"""The shield's findings and their places, harmless texts, and masked texts."""

from typing import Any

import pytest

from messaging.shield.detection import find
from messaging.shield.masking import mask


def parts(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 612 345 678 now", [("phone", "612 345 678")]),
        ("Es el ６１２ ３４５ ６７８, ¿vale?", [("phone", "６１２ ３４５ ６７８")]),
        ("di seis uno dos tres cuatro cinco seis siete ocho y ya",
         [("phone", "seis uno dos tres cuatro cinco seis siete ocho")]),
        ("a ana@mail.com.", [("email", "ana@mail.com")]),
        ("ana arroba mail punto com, gracias", [("email", "ana arroba mail punto com")]),
        ("look at shop-x.com/a?b=1 please", [("link", "shop-x.com/a?b=1")]),
        ("IBAN ES91 2100 0418 4502 0005 1332 y listo", [("iban", "ES91 2100 0418 4502 0005 1332")]),
        ("😀 ana@mail.com 😀", [("email", "ana@mail.com")]),
        ("di 612 punto 345 punto 678 y ya", [("phone", "612 punto 345 punto 678")]),
        ("on VVhatsApp?", [("messenger", "VVhatsApp")]),
        ("juan guion bajo gil en hotmail, ok", [("email", "juan guion bajo gil en hotmail")]),
        ("see evilshop . co m now", [("link", "evilshop . co m")]),
        ("hazme un bizum al 612345678", [("payment", "hazme un bizum"), ("phone", "612345678")]),
    ],
)  # fmt: skip
def test_a_finding_is_what_was_written(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(kind, part.strip()) for kind, part in parts(text)] == expected


def test_links_to_the_site_itself_are_let_through(settings: Any) -> None:
    settings.SITE_URL = "https://www.trastos.es"
    assert parts("mira https://www.trastos.es/p/612345678 y trastos.es/p/2") == []
    assert parts("mira https://trastos.es.malo.com/p") == [
        ("link", "https://trastos.es.malo.com/p")
    ]
    settings.SITE_URL = "https://other.example"
    assert parts("mira trastos.es/p/2") == [("link", "trastos.es/p/2")]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call 612 345 678, please.", "Call •••, please."),
        ("ana@mail.com or 612345678", "••• or •••"),
        ("ana@mail.com, 612345678!", "•••!"),
        ("Nothing here", "Nothing here"),
    ],
)
def test_a_masked_text_can_be_read(text: str, masked: str) -> None:
    assert mask(text, find(text)) == masked


def test_a_house_and_its_postal_code_are_no_telephone() -> None:
    assert parts("Calle de Alcalá 123, 28009 Madrid") == []
    assert parts("Llámame cuando llegues a Gran Vía 45, 28013 Madrid") == []
    assert parts("Vivo en la calle Mayor, llama al 612 345 678") == [("phone", "612 345 678")]


def test_sizes_and_lotteries_are_no_telephone() -> None:
    assert parts("6 12 34 56 78") == [("phone", "6 12 34 56 78")]
    for text in ("tallas 6 8 10 12 14", "6 12 24 48 96", "la Primitiva: 6 12 23 34 45"):
        assert parts(text) == []


def test_a_number_is_exempt_by_its_checksum_only() -> None:
    assert parts("el 8410076472885") == []  # a barcode
    assert parts("IMEI 490154203237518") == []
    assert parts("llama al 612345678") != []
    assert parts("pedido 612345678") == []
    assert parts("mi pedido no llega, llámame al 612345678") == [("phone", "612345678")]


def test_the_spanish_or_between_numbers_is_no_zero() -> None:
    for text in ("¿Te quedan 10, 20 o 30?", "¿Tienes más a 12,50, 25 o 50?", "a 15, 18 o 20"):
        assert parts(text) == []
    assert parts("6 1 2 o 4 5 6 7 8") == [("phone", "6 1 2 o 4 5 6 7 8")]
    assert parts("seis uno dos o 4 5 6 7 8") == [("phone", "seis uno dos o 4 5 6 7 8")]


def test_where_people_know_a_shop_from_invites_nobody() -> None:
    for text in (
        "My kids found you on TikTok and love it",
        "We came across your shop on Facebook",
        "Is it a Skype-certified headset?",
        "Somebody recommended you on Instagram",
    ):
        assert parts(text) == []
    assert parts("Find us on TikTok, it's faster") == [("messenger", "TikTok")]
    assert parts("I found you on Facebook, add me on WhatsApp")[-1] == ("messenger", "WhatsApp")


def test_a_sign_for_the_word_at_begins_no_handle() -> None:
    assert parts("The handle @ the door is loose, see you @ work") == []
    assert parts("I'm @ kate.moss there") == [("messenger", "@ kate.moss")]
