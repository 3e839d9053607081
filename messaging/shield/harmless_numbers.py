"""Numbers that aren't contact details: prices, measures, dates, hours, coordinates, codes."""

import re
from itertools import pairwise

from stdnum import ean, imei, isbn, luhn

CURRENCY = (
    r"(?:\$|us\$|eur(?:os?)?|usd|gbp|mxn|pesos?|dolares|dollars?|pounds?|quid|bucks|pavos|"
    r"c[ae]nts?)"
)
AMOUNT = r"\d{1,3}(?:[.,' ]\d{3}){1,2}(?:[.,]\d{1,2})?|\d{1,6}(?:[.,]\d{1,2})?"
UNIT = (
    r"(?:[cmdk]?m[23]?|[mk]?g|gr|kilos?|[mc]?l|lit(?:er|re|ro)s?|in(?:ch(?:es)?)?|pulgadas?|ft|"
    r"feet|oz|lbs?|"
    r"[mk]?wh?|kv?a?|vatios|watts?|v|volt(?:s|ios)?|mah|[kmgt]b|[kmg]?hz|mpx?|px|rpm|uds?|"
    r"unid(?:ades)?|"
    r"units?|pcs|pieces|piezas|pares|pairs|metros?|met(?:er|re)s?|km/h|mph|miles|millas|cc|cv|hp|"
    r"anos?|"
    r"years?|dias?|days?|horas?|hours?|min(?:utes|utos)?|h|hrs|semanas?|weeks?|meses|months?|"
    r"personas?|"
    r"people|[\"'~%])"
)
HARMLESS = re.compile(
    "|".join(
        (
            # UUIDs, as in order numbers and links
            r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",
            # coordinates
            r"(?<![\d.])[+-]?\d{1,3}\.\d{3,8}~?\s?[ns]?[,;\s]{1,3}[+-]?\d{1,3}\.\d{3,8}(?!\d)",
            r"\d{1,3}\s?~\s?\d{1,2}\s?'\s?\d{1,2}(?:[.,]\d{1,3})?",
            # file names that have letters too: IMG-20260301-WA0007.jpg
            r"\b(?=[0-9_-]{0,20}[a-z])[a-z0-9_-]{4,60}\.(?:jpe?g|png|gif|webp|heic|mp4|mov|pdf|docx?|"
            r"xlsx?|zip|txt|svg)\b",
            # dates and times
            r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2]|[12]\d|"
            r"3[01])\1(?:(?:19|20)\d\d|[0-3]\d)(?![/.-]?\d)",
            r"(?<![\d/.-])(?:19|20)\d\d([/.-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|"
            r"3[01])(?![/.-]?\d)",
            r"(?<![\d/.-])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
            r"(?<![\d:])(?:[01]?\d|2[0-3])(?::|h)[0-5]\d(?::[0-5]\d)?(?![\d:])",
            r"(?<![\d.])(?:[01]?\d|2[0-3])\.[0-5]\d\s?(?:h(?:oras|rs)?|[ap]\.?m\.?)(?![a-z0-9])",
            # prices, measures, quantities, percentages
            rf"(?<![a-z0-9]){CURRENCY}\s?(?:{AMOUNT})(?![\d]|[ .-]\d)",
            rf"(?<![\d.,])(?<!\d[ .-])(?:{AMOUNT})\s?{CURRENCY}(?![a-z])",
            r"(?<![\d.,])\d{1,5}(?:[.,]\d{1,2})?\s?(?:x|by|"
            r"por)\s?\d{1,5}(?:[.,]\d{1,2})?(?:\s?(?:x|by|"
            r"por)\s?\d{1,5}(?:[.,]\d{1,2})?){0,2}(?![\d])",
            rf"(?<![\d.,])(?<!\d[ .-])\d{{1,3}}(?:[.,]\d{{1,3}})?"
            rf"(?:\s?-\s?\d{{1,3}}(?:[.,]\d{{1,2}})?)?\s?{UNIT}(?![a-z0-9])",
            rf"(?<![\d.,])(?<!\d[ .-])\d{{4,6}}\s?{UNIT}(?![a-z0-9])",
            # tyres, and codes of letters and digits: RR123456789ES, 1Z999AA10123456784, B08N5WRWNW
            r"\b\d{3}/\d{2}\s?-?z?r\s?\d{2}\b",
            r"\b[a-z]{2}\s?\d{9}\s?[a-z]{2}\b|\b1z[0-9a-z]{16}\b|\b(?:tba|jd|jjd|pq|pk|mx|"
            r"co)\d{9,22}[a-z]?\b",
        )
    )
)
LOTTERY_MAX = 50  # the highest number of most lotteries
NOT_A_NUMBER = "#"  # replaces each character of a harmless number


def without_harmless(text: str) -> str:
    """Blank the numbers in a folded text that are prices, measures, dates and the like."""
    return HARMLESS.sub(lambda match: NOT_A_NUMBER * len(match[0]), text)


def is_list(groups: list[str], is_spelled: bool) -> bool:
    """Whether groups of digits are a list such as sizes or years: 38 39 40 41, 2019/2020/2021."""
    if len(groups) < 3:
        return bool(groups) and all(re.fullmatch("(?:19|20)[0-9]{2}", one) for one in groups)
    numbers = [int(one) for one in groups]
    steps = [after - before for before, after in pairwise(numbers)]
    is_short = all(len(one) <= 4 for one in groups)
    is_rising = all(one > 0 for one in steps)
    if is_rising and not is_spelled and len(groups) >= 5 and all(len(one) <= 2 for one in groups):
        # Lottery numbers, unless they are written like a Spanish phone number: 6 12 34 56 78.
        is_dialled = [len(one) for one in groups] == [1, 2, 2, 2, 2] and groups[0] in "6789"
        return not is_dialled or numbers[-1] <= LOTTERY_MAX or _are_multiples(numbers)
    if is_rising and all(one % 10 == 0 for one in numbers):
        return True  # 600 650 700
    return is_short and (
        all(0 < one <= (1 if is_spelled else 12) for one in steps)
        or all(-12 <= one < 0 for one in steps)
    )


def _are_multiples(numbers: list[int]) -> bool:
    return all(one % numbers[0] == 0 for one in numbers)


def is_code(digits: str, groups: list[str], is_named: bool) -> bool:
    """Whether digits are a book's, a product's or a device's number, by their checksum.

    Args:
        is_named: whether a word before them names a code. Short numbers may have a valid checksum
            by chance.
    """
    if len(digits) == 13:
        return bool(ean.is_valid(digits))
    if len(digits) == 15:
        return bool(imei.is_valid(digits))
    if len(digits) == 12:
        return bool(ean.is_valid(digits)) and (len(groups) == 1 or is_named)
    if len(digits) == 10:
        return bool(isbn.is_valid(digits)) and (len(groups) == 4 or is_named)
    if len(digits) in (16, 20):  # gift cards and SIM cards
        return bool(luhn.is_valid(digits)) and is_named
    return len(digits) == 8 and bool(ean.is_valid(digits))
