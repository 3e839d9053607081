"""Fill saved replies for one conversation, and warn about what to check before sending."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _
from msgspec import Struct

from messaging.host import ProductCard, host
from messaging.models import Conversation, SavedReply, Side
from trato.people import Person
from trato.responses import key_from

from . import placeholders, queries

# A number next to a currency: `24 €`, `€24.50`, `1.250,00 EUR`, `$ 12`, `US$12`. Sizes, dates and
# order numbers have no currency.
SIGNS = {"€": {"EUR"}, "$": {"USD", "MXN"}, "£": {"GBP"}, "¥": {"JPY"}}
CODES = {"EUR", "USD", "GBP", "MXN", "JPY"}
_CURRENCY = "|".join([*map(re.escape, SIGNS), *(rf"\b{code}\b" for code in sorted(CODES))])
_FIGURE = r"\d(?:[\d.,’' \u00a0\u202f]{0,15}\d)?"
AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})[ \u00a0\u202f]?(?P<first>{_FIGURE})"
    rf"|(?<![\d.,])(?P<second>{_FIGURE})[ \u00a0\u202f]?(?P<after>{_CURRENCY})"
)


class FilledReply(Struct, kw_only=True):
    """A reply as the composer inserts it.

    `warnings` are sentences for the seller. `files` are the names of the files that are copied into
    the message.
    """

    id: int
    name: str
    short: str
    is_own: bool
    uses: int
    text: str
    warnings: list[str]
    files: list[str]


class FilledReplies(Struct, tag="saved_replies", kw_only=True):
    """All replies for one conversation; `notice` is about the product, whatever the reply says."""

    replies: list[FilledReply]
    notice: str


class Filler:
    """Fills replies with what is currently known about a conversation and its product."""

    def __init__(self, conversation: Conversation, user: Person) -> None:
        product = conversation.product
        self.card: ProductCard | None = host.product_card(product) if product else None
        self.stock = host.stock_of(product) if product else None
        self.values = {
            "shopper": host.short_name(conversation.consumer),
            "product": self.card.title if self.card else "",
            "price": self.card.price_text if self.card else "",
            "stock": "" if self.stock is None else str(self.stock),
            "shop": host.shop_name(conversation.shop),
            "me": host.short_name(user),
        }

    @property
    def notice(self) -> str:
        """A warning for every reply that the product is out of stock; otherwise empty."""
        return _("This product is out of stock.") if self.stock == 0 else ""

    def filled(self, reply: SavedReply) -> FilledReply:
        """Return a reply with its variables replaced by their values."""
        parts = placeholders.parse(reply.body)
        return FilledReply(
            id=reply.pk,
            name=reply.name,
            short=reply.short,
            is_own=reply.is_own,
            uses=reply.uses,
            text=placeholders.fill(parts, self.values),
            warnings=list(self._warnings(parts)),
            files=[file.name for file in reply.files.all()],
        )

    def all(self, replies: Iterable[SavedReply]) -> FilledReplies:
        """Return several filled replies."""
        return FilledReplies(replies=[self.filled(one) for one in replies], notice=self.notice)

    def _warnings(self, parts: list[placeholders.Part]) -> Iterable[str]:
        names = placeholders.names_in(parts)
        for name in names:
            if not self.values[name]:
                words = _("{{ %(name)s }} is empty here: complete the text by hand.")
                yield words % {"name": name}
        if self.stock == 0 and {"product", "price", "stock"} & set(names):
            yield self.notice
        if self.card is None:
            return
        amounts = [one for part in parts if isinstance(part, str) for one in amounts_in(part)]
        is_todays = [self._is_todays(self.card, text, codes) for text, codes in amounts]
        # If the text has today's price, its other amounts are something else, such as postage.
        if amounts and "price" not in names and not any(is_todays):
            words = _("The text says %(amount)s; the product costs %(price)s today.")
            yield words % {"amount": amounts[0][0], "price": self.card.price_text}

    @staticmethod
    def _is_todays(card: ProductCard, text: str, codes: set[str]) -> bool:
        price = Decimal(card.price).scaleb(-get_currency_precision(card.currency))
        return card.currency in codes and price in numbers_of(text)


def drafted(conversation: Conversation, user: Person, reply_id: str) -> str:
    """Return the filled text of the reply that a conversation's URL names, or ""."""
    key = key_from(reply_id)
    if not key or conversation.side_of(user.pk) is not Side.SELLER:
        return ""
    reply = queries.usable_in(conversation, user).filter(pk=key).first()
    return Filler(conversation, user).filled(reply).text if reply else ""


def amounts_in(text: str) -> list[tuple[str, set[str]]]:
    """Return the amounts of money in a text, each with the currencies that it may be in."""
    amounts = []
    for match in AMOUNT.finditer(text):
        sign = match["before"] or match["after"]
        amounts.append((match[0], SIGNS.get(sign, {sign})))
    return amounts


def numbers_of(text: str) -> set[Decimal]:
    """Return the numbers that a figure may mean: `1.250` is 1250 in Spain and 1.25 in Ireland."""
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    readings = {digits.replace(",", "").replace(".", "")} if _has_thousands(digits) else set()
    whole, mark, rest = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if mark:
        readings.add(f"{re.sub('[.,]', '', whole)}.{rest}")
    else:
        readings.add(digits)
    numbers = set()
    for reading in readings:
        try:
            numbers.add(Decimal(reading))
        except InvalidOperation:
            continue
    return numbers


def _has_thousands(digits: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits) is not None
