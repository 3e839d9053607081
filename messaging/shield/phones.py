"""Phone numbers: digits that are valid in a country, or that a word says to dial."""

import re

import phonenumbers

from .findings import Finding
from .folding import Folded
from .harmless_numbers import is_code, is_list, without_harmless
from .spelled import SEPARATED, with_digits

CANDIDATE = re.compile(
    r"(?<![0-9#])(?:\(?\s?(?:\+|00)\s?)?\(?\d(?:[ .()/_*,|\\~'\"<>;=+-]{0,4}\d){5,24}(?![#])"
)
BRITISH = re.compile(r"0[127]\d{9}")  # also numbers reserved for films
# `empieza por 655 y sigue con 43 21 09`
IN_PARTS = re.compile(
    r"(?:\b(?:acab|termin|end)\w{0,2} (?:en|con|in|with|on|by) \d[\d .-]{0,10}[a-z ,.]{1,30})?"
    r"\b(?:empiez\w{1,3}|comienz\w{1,3}|starts?|begins?) (?:por|con|with|in|by) (\d[\d .-]{1,10})"
    r"[a-z ,.]{1,40}\d[\d .-]{1,12}(?:[a-z ,.]{1,30}\d[\d .-]{0,8})?"
)
GROUP = re.compile(r"\d+")
PIECES = re.compile(r"[,;|]\s|\s[,;/|]\s?|\s\+|,")
# Countries by the number of digits in their phone numbers, without the country code.
REGIONS = {
    9: ("ES", "CL", "PE", "PT"),
    10: ("US", "MX", "CO", "GB", "FR", "AU", "IE", "AR"),
    11: ("GB",),
}
NUMBER = re.compile(
    r"\b(?:tel[e]?f?\w{0,6}|te?lfn?o?|tfno|movil\w{0,3}|phone\w?|cell?(?:\b|ular\w{0,2}|s\b|phones?)|"
    r"mobile|call(?:s|ed|ing|er|me|us)?|(?<!\bse )ll?am[aeo]\w{0,6}|marca\w{0,3}|dial|"
    r"w[hu]?a[tz]?s+\s?a?p?p?\w{0,3}|gua[tz]?s+a?p?\w{0,3}|wh?a+p+|"
    r"wsp|wpp|wa|whats|text(?:ed|ing)? (?:me|us)|text|txt|ring|contact\w{0,6}|sms|reach|viber|"
    r"telegram|signal|"
    r"bizum\w{0,3}|zelle|venmo|nequi|yape|escrib\w{0,5}|habl\w{0,5}|message me|msg|ping|digits|"
    r"bell|buzz|ringing|"
    r"(?:my|mi|our|nuestro|work|personal|her|his) (?:new |nuevo |other |otro )?(?:number|"
    r"num(?:ero)?|nr|no|nums?))\b"
)
CODE = re.compile(
    r"\b(?:pedidos?|orden|orders?|compra|purchase|ref(?:s|erenc\w{1,3})?|serie|serial|s/n|sn|"
    r"track\w{0,4}|"
    r"seguimiento|localizador|envios?|shipment|shipping|parcel|package|paquete|imei|ean|isbn|upc|"
    r"gtin|asin|mpn|codigos?|codes?|"
    r"sku|modelos?|model|part|pieza|recambio|facturas?|invoice|ticket|bastidor|vin|lote|lot|batch|"
    r"articulos?|"
    r"items?|article|productos?|products?|barcode|barras|matricula|expediente|casos?|case|reserva|"
    r"booking|reservation|"
    r"cliente?|customer|poliza|policy|contrato|contract|socio|member\w{0,4}|incidencia|guia|"
    r"waybill|awb|"
    r"consignment|voucher|cupon|gift|chasis|chassis|frame|plate|placa|listing|anuncio|solicitud|"
    r"dhl|ups|fed ?ex|seur|mrw|gls|correos|evri|hermes|usps|royal mail|nacex|"
    r"tipsa|ctt|dpd|inpost|amazon|"
    r"nif|dni|cif|id|oem|catalog\w{0,4}|receipt|recibo|albaran|delivery note|customer number|"
    r"kilomet\w{0,4}|mileage|edition|edicion|firmware|version|serial no|licencia|license|"
    r"registro)\b"
)
AFTER = re.compile(
    r"^[^a-z0-9#]{0,4}(?:y )?(?:(?:that|this|ese|este|it)(?:'?s| is| es)? )?(?:(?:es|is) (?:el |"
    r"the )?)?(?:mi|my|por|on|via|para|for)? ?"
    r"(?:whats|was+ap|guas|call|llam|text me|sms|escrib|movil|cell|mobile|phone|tele?f|my number|"
    r"mi numero|number is mine)"
)
# `Calle Mayor 123, 28009 Madrid`: a house number and a postal code. A word such as "call" nearby
# doesn't make them a telephone number.
PLACE = re.compile(r"\d{1,3}\s?,\s?\d{5}")
SPELLED_MIN = 4  # digits written as words
BEFORE_CHARACTERS = 45
AFTER_CHARACTERS = 40


def phones(view: Folded) -> list[Finding]:
    """Return the phone numbers in a folded text."""
    dialled, was_word = with_digits(view)
    # Blanking harmless numbers costs the most, and can't make a phone number where there was none.
    if not any(one.search(dialled.text) for one in (CANDIDATE, SEPARATED, IN_PARTS)):
        return []
    text = without_harmless(dialled.text)
    findings = []
    for match in CANDIDATE.finditer(text):
        for start, end in _numbers(text, was_word, match.start(), match.end()):
            rule = "spelled-digits" if any(was_word[start:end]) else "digits"
            findings.append(Finding(*dialled.span(start, end), "phone", rule))
    findings += _separated(dialled, text)
    for match in IN_PARTS.finditer(text):
        digits = sum(map(str.isdigit, match[0]))
        if 7 <= digits <= 13:
            start = match.start() + (GROUP.search(match[0]) or match).start()
            span = dialled.span(start, len(match[0].rstrip()) + match.start())
            findings.append(Finding(*span, "phone", "in-parts"))
    return findings


def _separated(dialled: Folded, text: str) -> list[Finding]:
    """Return the numbers whose groups are separated by words: `612 punto 345 punto 678`."""
    findings = []
    for match in SEPARATED.finditer(text):
        groups = GROUP.findall(match[0])
        digits = "".join(groups)
        before = text[max(0, match.start() - BEFORE_CHARACTERS) : match.start()]
        number, code = _last(NUMBER, before), _last(CODE, before)
        is_announced = number > code and 7 <= len(digits) <= 13
        if is_announced or (code < 0 and _is_valid(digits, groups)):
            span = dialled.span(match.start(), match.end())
            findings.append(Finding(*span, "phone", "separated"))
    return findings


def _numbers(text: str, was_word: list[bool], start: int, end: int) -> list[tuple[int, int]]:
    """Return where the phone numbers in a run of digits are: the whole run, or parts of it."""
    if _is_phone(text, start, end, sum(was_word[start:end])):
        return [(start, end)]
    numbers, position = [], start
    for cut in (*PIECES.finditer(text, start, end), None):
        until = cut.start() if cut else end
        if (position, until) != (start, end) and _is_phone(
            text, position, until, sum(was_word[position:until])
        ):
            numbers.append((position, until))
        position = cut.end() if cut else end
    return numbers


def _is_phone(text: str, start: int, end: int, spelled: int) -> bool:
    groups = GROUP.findall(text, start, end)
    digits = "".join(groups)
    if not 6 <= len(digits) <= 22:
        return False
    if len(groups) == 2 and PLACE.fullmatch(text, start, end):
        return False
    before = text[max(0, start - BEFORE_CHARACTERS) : start]
    number, code = _last(NUMBER, before), _last(CODE, before)
    is_announced = number > code or bool(AFTER.match(text[end : end + AFTER_CHARACTERS]))
    is_named = code >= 0 and not is_announced
    if start and text[start - 1].isalpha() and not is_announced:
        return False  # part of a code, such as PED612345678
    if start > 1 and text[start - 1] in "-_/" and text[start - 2].isalnum() and not is_announced:
        return False
    if end < len(text) and text[end].isalpha() and not is_announced and len(groups) == 1:
        return False
    if "+" in text[start : start + 3] or (digits.startswith("00") and len(digits) > 10):
        return _is_possible("+" + digits.removeprefix("00"))
    if is_named or (
        not is_announced and (is_list(groups, spelled > 0) or is_code(digits, groups, is_named))
    ):
        return False
    if _is_valid(digits, groups) or BRITISH.fullmatch(digits):
        return True
    is_written_like_one = digits[0] == "0" and 9 <= len(digits) <= 12 and 3 <= len(groups) <= 5
    if is_written_like_one and min(map(len, groups)) > 1:
        return True
    # People spell out only phone numbers digit by digit.
    return (is_announced or spelled >= SPELLED_MIN) and 7 <= len(digits) <= 13


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _is_valid(digits: str, groups: list[str]) -> bool:
    """Whether any country has this number, with or without its code."""
    is_national = len(digits) < 11 or digits.startswith("0")
    numbers = [(digits, region) for region in REGIONS.get(len(digits), ()) if is_national]
    if 11 <= len(digits) <= 13 and not digits.startswith("0"):
        numbers.append(("+" + digits, ""))
    for written, region in numbers:
        try:
            number = phonenumbers.parse(written, region or None)
        except phonenumbers.NumberParseException:
            continue
        # Scores such as 21-19, 21-17, 18-21 are some country's number by chance.
        is_grouped = bool(region) or len(groups) == 1 or max(map(len, groups)) == 1
        if not is_grouped and groups[0] != str(number.country_code):
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
