"""The warnings next to a message: which scam it resembles, and where its links lead.

Warnings are computed whenever the text is shown or announced, and never stored, so that a better
pattern or a new staff decision also applies to earlier messages. A prefilter lets most messages
pass.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import msgspec
from msgspec import Struct

from . import link_hosts
from .models import File, Message
from .shield import scams
from .shield.addresses import SHOWN_CHARACTERS, addresses, real, shortened, shown_address
from .shield.hosts import is_own, registered
from .shield.lookalikes import displayed, imitated
from .shield.pictures import with_codes


class LinkRemark(Struct, kw_only=True):
    """A remark on a link.

    Args:
        place: the number of the URL in the text, from 0, whether or not it becomes a link; -1 if it
            comes from a QR code in a picture.
        address: where it leads, in ASCII up to the path; empty if it must not be clickable.
        shown: the text of the link; it begins with the host as people write it.
        host: the host as people write it.
        leads: the real host, if the text doesn't make it plain; else empty.
        like: the host of a shop, courier or payment service that it resembles; else empty.
        action: "warn" if a page has to come before it, "block" if staff have blocked it; or empty.
    """

    place: int
    address: str
    shown: str
    host: str
    leads: str
    like: str
    action: str

    @property
    def is_said(self) -> bool:
        """Whether pages say something about the link in words."""
        return bool(self.leads or self.like or self.action)


def warnings(text: str, codes: str = "", *, is_automatic: bool = False) -> list[str]:
    """Return the kinds of scam that a message resembles, see `shield.scams.ScamKind`, in order.

    Args:
        codes: the text of QR codes in its pictures, see `codes_of`.
        is_automatic: whether the shop itself sent it. Such messages get no warning.
    """
    if is_automatic:
        return []
    # `with_codes` adds the words "QR code", which make some texts harmless.
    texts = (text, with_codes(text, codes)) if codes else (text,)
    warnings = [warning for each in texts for warning in scams.warnings(each)]
    return sorted({warning.kind for warning in warnings}) if warnings else []


def links(text: str, codes: str = "") -> Sequence[LinkRemark]:
    """Return what pages say about a message's links; nothing about links that are plain.

    Args:
        codes: the text of QR codes in its pictures, see `codes_of`. Each of their hosts gets a
            remark, because nobody can see where a code leads.
    """
    return (*_in_text(text), *_in_codes(codes)) if codes else _in_text(text)


def codes_of(files: Iterable[File]) -> str:
    """Return the text of the QR codes in a message's pictures, one per line."""
    return "\n".join(file.codes for file in files if file.codes)


def _in_text(text: str) -> Sequence[LinkRemark]:
    if "://" not in text:
        return ()
    return [
        remark
        for place, address in enumerate(addresses(text))
        if (remark := _remark(place, address.written))
        and (remark.is_said or not shown_address(address.written))
    ]


def _in_codes(codes: str) -> Iterable[LinkRemark]:
    """Yield a remark for each host that codes lead to, except this site's own."""
    told = set()
    for line in codes.split("\n"):
        for address in addresses(line if "://" in line else f"https://{line}"):
            goes_to = real(address.written)
            if goes_to is None or is_own(goes_to.host) or goes_to.host in told:
                continue
            told.add(goes_to.host)
            remark = _remark(-1, address.written)
            if remark is not None:
                yield msgspec.structs.replace(remark, address="", leads=goes_to.host)


def link_at(text: str, place: int) -> LinkRemark | None:
    """Return the remark on a text's link by the number of its URL, even if it is plain."""
    written = [address.written for address in addresses(text)]
    return _remark(place, written[place]) if place < len(written) else None


def add(messages: Iterable[Message]) -> None:
    """Add `warnings` and `links` to messages that aren't hidden, after `message_extras.load`."""
    for message in messages:
        if not message.is_hidden:
            codes = codes_of(message.shown_files)
            message.warnings = warnings(message.body, codes, is_automatic=message.is_automatic)
            message.links = links(message.body, codes)


def refresh(limit: int) -> int:
    """Keep the list of hosts fresh, and the patterns compiled; a sweep of `messaging.due`.

    Compiling takes half a second. The event loop must not wait that long for the first message.
    """
    _compile()
    return link_hosts.refresh(limit)


@cache
def _compile() -> None:
    warnings("my phone number")
    imitated("shop.example")


def _remark(place: int, written: str) -> LinkRemark | None:
    """Return what pages say about a URL; None if its host isn't public."""
    goes_to = real(written)
    if goes_to is None:
        return None
    host, is_clear = displayed(goes_to.host)
    shown, target = shown_address(written), written
    if not shown and not goes_to.is_dressed_up and len(host) <= SHOWN_CHARACTERS:
        rest = goes_to.address.partition("://")[2].removeprefix(goes_to.host)
        shown, target = shortened(host + ("" if rest == "/" else rest)), goes_to.address
    if len(host) > SHOWN_CHARACTERS:
        host = registered(goes_to.host)[0] or ".".join(goes_to.host.split(".")[-2:])
    action = link_hosts.action_for(goes_to.host)
    return LinkRemark(
        place=place,
        address=target if shown and action != link_hosts.BLOCK else "",
        shown=shown,
        host=host,
        leads=goes_to.host if not is_clear else "" if shown else host,
        like="" if is_own(goes_to.host) else imitated(goes_to.host),
        action=action,
    )
