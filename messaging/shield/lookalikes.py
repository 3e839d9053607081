"""Hosts that look like somebody else's: the site's, a courier's, a payment service's."""

import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

import idna
from confusable_homoglyphs.categories import alias
from django.conf import settings

from trato.names import OF_ALL_ALPHABETS, OF_EAST_ASIA, skeleton

from .hosts import registered

# Each brand's real hosts; the first one is named when another host looks like it.
KNOWN = tuple(
    tuple(line.split())
    for line in (
        "correos.es correosexpress.com correos.com",
        "seur.com seur.es",
        "mrw.es mrw.com",
        "nacex.es nacex.com",
        "dhl.com dhl.es dhl.de dhl.co.uk",
        "ups.com",
        "fedex.com",
        "gls-spain.es gls-group.com gls-group.eu gls.de",
        "dpd.com dpd.co.uk dpd.de",
        "inpost.es inpost.pl inpost.co.uk inpost.com",
        "royalmail.com",
        "evri.com myhermes.co.uk",
        "usps.com",
        "paack.co",
        "celeritastransporte.com",
        "envialia.com",
        "mondialrelay.com mondialrelay.es mondialrelay.fr",
        "chronopost.fr",
        "postnl.nl",
        "anpost.com",
        "paypal.com paypal.me paypalobjects.com",
        "bizum.es bizum.com",
        "wise.com",
        "revolut.com revolut.me",
        "stripe.com",
        "venmo.com",
        "zellepay.com",
        "mastercard.com mastercard.es",
        "visa.com visa.es visa.co.uk",
        "westernunion.com westernunion.es",
        "moneygram.com",
        "klarna.com",
        "bbva.es bbva.com bbva.mx",
        "santander.com santander.co.uk bancosantander.es",
        "caixabank.es caixabank.com",
        "bancosabadell.com bancsabadell.com",
        "bankinter.com bankinter.es",
        "wallapop.com",
        "vinted.com vinted.es vinted.co.uk vinted.fr",
        "ebay.com ebay.es ebay.co.uk ebay.de ebay.fr ebay.it",
    )
)
# Other people have shorter names too, so these count only beside a word about deliveries or
# payments.
BY_ITSELF_MIN = 5  # characters
TYPO_MIN = 6  # from this length on, one character may be wrong, missing or extra
AROUND = frozenset(
    "envio envios entrega entregas paquete paquetes pedido pedidos pago pagos cobro cobros "
    "seguimiento aduana aduanas recogida reparto mensajeria seguro segura delivery deliver parcel "
    "parcels package packages shipping shipment tracking track trace express customs payment "
    "payments pay secure safe verify verification confirm order orders online service services "
    "cliente clientes client login redelivery redeliver fee fees refund refunds reembolso "
    "reembolsos support soporte portal".split()
)
# Joined to a short name, these make another word: `visaservice` helps travellers.
AROUND_SHORT = AROUND - frozenset(
    "express online service services cliente clientes client order orders safe support "
    "portal".split()
)
BEFORE = frozenset("my mi your tu the get go".split())  # a longer name: `mycorreos`


@lru_cache(maxsize=4096)
def imitated(host: str) -> str:
    """Return the host that a host imitates; empty if it imitates none, or is the real one.

    Args:
        host: in ASCII, lowercase.
    """
    name = registered(host)[0] or ".".join(host.split(".")[-2:])
    labels = _readable(host).split(".")
    own_label = labels[-name.count(".") - 1] if len(labels) > name.count(".") else labels[0]
    for brand in _brands(settings.SITE_URL):
        if any(host == one or host.endswith(f".{one}") for one in brand):
            return ""
    for brand in _brands(settings.SITE_URL):
        if _looks_like(brand[0], own_label, labels, host):
            return brand[0]
    return ""


@lru_cache(maxsize=4)
def _brands(site_url: str) -> tuple[tuple[str, ...], ...]:
    own = (urlsplit(site_url).hostname or "").lower().removeprefix("www.")
    return ((own,), *KNOWN) if "." in own and not own[-1].isdigit() else KNOWN


def _looks_like(real: str, own_label: str, labels: list[str], host: str) -> bool:
    brand = _brand_of(real)
    if f".{real}." in f".{host}":
        return True  # the whole host, before a name that somebody else registered
    drawn, wanted = skeleton(own_label), skeleton(brand)
    if drawn == wanted and (own_label != brand or len(brand) >= BY_ITSELF_MIN):
        return True
    if len(brand) >= TYPO_MIN and _is_one_typo(drawn, wanted):
        return True
    for label in labels:
        words = label.split("-")
        is_near = len(words) > 1 and any(word in AROUND for word in words)
        if any(_is_joined(word, brand, wanted) for word in words):
            return True
        if len(words) == 1 and label is own_label:
            continue
        if (len(brand) >= BY_ITSELF_MIN or is_near) and wanted in map(skeleton, words):
            return True
    return False


def _is_joined(word: str, brand: str, wanted: str) -> bool:
    """Whether a word joins a name to one about deliveries or payments: `dhldelivery`, `mycorreos`.

    Args:
        wanted: the skeleton of the brand's name.
    """
    drawn, is_long = skeleton(word), len(brand) >= BY_ITSELF_MIN
    around = _skeletons(AROUND if is_long else AROUND_SHORT)
    if drawn.startswith(wanted):
        rest = drawn.removeprefix(wanted)
        if rest in around or (is_long and word[len(brand) :].isdigit()):
            return True
    rest = drawn.removesuffix(wanted)
    return rest != drawn and (rest in around or (is_long and rest in _skeletons(BEFORE)))


@lru_cache(maxsize=4)
def _skeletons(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(skeleton, words))


def _brand_of(real: str) -> str:
    return real.removesuffix(registered(real)[1] or real.rpartition(".")[2]).rstrip(".")


def _is_one_typo(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or extra, or two are swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, letter in enumerate(one) if letter != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    is_swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or is_swapped


@lru_cache(maxsize=4096)
def displayed(host: str) -> tuple[str, bool]:
    """Return a host as people write it, and whether all its letters are from one alphabet.

    Right-to-left letters would reverse the rest of a URL, so a host with such letters is returned
    unchanged.

    Args:
        host: in ASCII.
    """
    text = _readable(host)
    letters = [one for one in text if one not in ".-"]
    if any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in letters):
        return host, True
    alphabets = {alias(one) for one in letters} - OF_ALL_ALPHABETS
    return text, len(alphabets) <= 1 or alphabets <= OF_EAST_ASIA


def _readable(host: str) -> str:
    """Return a host with its internationalized names decoded."""
    if "xn--" not in host:
        return host
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host
