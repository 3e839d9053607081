"""Parse numbers as people write them, in any language.

English and Spanish swap the comma and the point. A number with one meaning is accepted; an
ambiguous one is refused with a message, so that no price is ever misread.
"""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

MAX_CHARACTERS = 30  # of a number, including separators

# `12`, `12,5`, `.50`
PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<part>[0-9]+))?")
# `1.250,00`, `1,250.00`, `1 250`, `1'250.50`: groups of three, then a different decimal separator.
GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<mark>[.,'’ \u00a0\u2009\u202f])[0-9]{3})"
    r"(?:(?P=mark)[0-9]{3})*)(?:(?!(?P=mark))[.,](?P<part>[0-9]+))?"
)
# `1.250`, `1,250`: either one thousand two hundred and fifty, or one and a quarter.
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def read_number(text: str, decimals: int, maximum: int) -> Decimal:
    """Parse a number that somebody typed.

    Args:
        text: digits; a comma or a point before the decimals; spaces, apostrophes, commas or
            points between groups of three digits.
        decimals: how many the number may have. If none are allowed, `1.250` is unambiguous.
        maximum: the largest number to accept.

    Raises:
        ValidationError: it isn't a number, has too many decimals, is too large, or is ambiguous.
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
    """Format a number for a form field, in the reader's language and without grouping."""
    return formats.number_format(number, decimals, use_l10n=True)
