"""Numbers as people write them, in whichever language they write.

English and Spanish swap the comma and the point. What has only one meaning is read, what has two
is refused in words: nobody's price may become another one on the way.
"""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

MAX_CHARACTERS = 30  # of a number, with its separators

# `12`, `12,5`, `.50`
PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<part>[0-9]+))?")
# `1.250,00`, `1,250.00`, `1 250`, `1'250.50`: groups of three, another mark before the decimals.
GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<mark>[.,'’ \u00a0\u2009\u202f])[0-9]{3})"
    r"(?:(?P=mark)[0-9]{3})*)(?:(?!(?P=mark))[.,](?P<part>[0-9]+))?"
)
# `1.250`, `1,250`: a thousand and a quarter, or one and a quarter.
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def read_number(text: str, decimals: int, maximum: int) -> Decimal:
    """The number that somebody has written.

    Args:
        text: digits; a comma or a point before the decimals; spaces, apostrophes, commas or
            points between groups of three digits.
        decimals: how many the number may have. Where it may have none, `1.250` has one meaning.
        maximum: the largest that is accepted.

    Raises:
        ValidationError: it is no such number, has too many decimals, is too large, or could be two
            numbers.
    """
    text = text.strip()
    if decimals and AMBIGUOUS.fullmatch(text):
        whole = re.sub("[.,]", "", text)
        raise ValidationError(
            _(
                "“%(text)s” can be read in two ways. Write %(whole)s for the whole number, "
                "or at most %(decimals)s digits after the comma or point."
            ),
            code="ambiguous",
            params={"text": text, "whole": whole, "decimals": decimals},
        )
    match = GROUPED.fullmatch(text) or PLAIN.fullmatch(text)
    if match is None or not 0 < len(text) <= MAX_CHARACTERS:
        raise ValidationError(_("Write a number in digits, such as 12 or 12.50."), code="invalid")
    whole, part = re.sub("[^0-9]", "", match["whole"]) or "0", match["part"] or ""
    if len(part) > decimals:
        raise ValidationError(
            _("This currency has fewer decimals.")
            if decimals
            else _("Write a whole number, without decimals."),
            code="too_many_decimals",
        )
    number = Decimal(f"{whole}.{part}" if part else whole)
    if number > maximum:
        raise ValidationError(_("At most %(limit)s."), "too_large", {"limit": maximum})
    return number


def write_number(number: Decimal | int, decimals: int = 0) -> str:
    """A number for a form's field, as the reader's language writes it; without groups."""
    return formats.number_format(number, decimals, use_l10n=True)
