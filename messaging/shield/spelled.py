"""Digits written as words in English or Spanish, letters drawn as digits, and mixtures.

`number-parser` also knows the words, but not where in the text they were.
"""

import re

from .folding import Folded

UNITS = {
    "zero": 0, "cero": 0, "oh": 0, "nil": 0, "one": 1, "uno": 1, "un": 1, "una": 1, "two": 2,
    "dos": 2,
    "three": 3, "tres": 3, "four": 4, "cuatro": 4, "quatro": 4, "five": 5, "cinco": 5, "six": 6,
    "seis": 6,
    "seven": 7, "siete": 7, "eight": 8, "ocho": 8, "nine": 9, "nueve": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "diez": 10, "eleven": 11, "once": 11, "twelve": 12, "doce": 12, "thirteen": 13,
    "trece": 13,
    "fourteen": 14, "catorce": 14, "fifteen": 15, "quince": 15, "sixteen": 16, "dieciseis": 16,
    "seventeen": 17, "diecisiete": 17, "eighteen": 18, "dieciocho": 18, "nineteen": 19,
    "diecinueve": 19,
    "veintiuno": 21, "veintiun": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
    "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
TENS = {
    "twenty": 20, "veinte": 20, "thirty": 30, "treinta": 30, "forty": 40, "fourty": 40,
    "cuarenta": 40,
    "fifty": 50, "cincuenta": 50, "sixty": 60, "sesenta": 60, "seventy": 70, "setenta": 70,
    "eighty": 80,
    "ochenta": 80, "ninety": 90, "noventa": 90,
}  # fmt: skip
HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400,
    "quinientos": 500, "seiscientos": 600, "setecientos": 700, "ochocientos": 800,
    "novecientos": 900,
}  # fmt: skip
TIMES = {"double": 2, "doble": 2, "triple": 3, "treble": 3}
WORDS = {**UNITS, **TEENS, **TENS, **HUNDREDS}
_ANY = "|".join(sorted((*WORDS, *TIMES), key=len, reverse=True))
GLUED = re.compile(rf"(?:{_ANY}|\d){{2,40}}")
PIECE = re.compile(rf"{_ANY}|\d+")
TOKEN = re.compile(r"[a-z0-9]+")
FILLERS = frozenset(
    "y and then luego despues guion dash hyphen space espacio punto dot coma comma e "
    "mas plus".split()
)
# Words between the groups of a number: `612 punto 345 punto 678`.
SEPARATORS = re.compile(
    r"[ (\[.,-]{1,3}(?:punto|dot|point|guion|dash|hyphen|barra|slash|espacio|space|coma|comma|"
    r"luego|then|despues)[ )\].,-]{1,3}"
)
SEPARATED = re.compile(rf"\d{{1,4}}(?:{SEPARATORS.pattern}\d{{1,4}}){{2,9}}(?![\d#])")
GAP_MAX = 6  # characters between two words of one number
WORDS_MIN = 4  # numerals in a row; fewer aren't read as a number
# Letters that look like digits when among digits.
DRAWN = str.maketrans("oilszb", "011528")
LEET = re.compile(r"(?<![a-z0-9])(?=[oilszb]{0,3}\d)[oilszb\d]{2,15}(?![a-z0-9])")

MEASURE = re.compile(r"\d+[ilszb]?|[a-z]+")  # 5l, 70s, 64b

Numeral = tuple[str, int, int]  # a word or digits, where it starts and ends


def with_digits(view: Folded) -> tuple[Folded, list[bool]]:
    """Return a folded text with digits instead of words, and which characters were words."""
    text = _undrawn(view.text)
    pieces: list[tuple[str, int, int]] = []
    for run in _runs(text):
        if _has_words(run) and len(run) >= WORDS_MIN:
            pieces += _valued(run)
    if not pieces:
        return Folded(text, view.starts), [a != b for a, b in zip(text, view.text, strict=True)]
    new, starts, spelled, position = [], [], [], 0
    for digits, start, end in pieces:
        gap = text[position:start]
        if position and len(gap) > 1 and joins(gap):
            gap, position = " ", start - 1  # `y luego` would split the number
        new += [gap, digits]
        starts += [*view.starts[position:start], *[view.starts[start]] * len(digits)]
        spelled += [False] * (start - position) + [True] * len(digits)
        position = end
        # The last digit extends to the end of the word, since the next character starts there.
    new.append(text[position:])
    starts += view.starts[position:]
    spelled += [False] * (len(text) - position)
    return Folded("".join(new), starts), spelled


def joins(gap: str) -> bool:
    """Whether there are only signs and fillers between two numerals."""
    return len(gap) <= 30 and all(word in FILLERS for word in TOKEN.findall(gap))


def _undrawn(text: str) -> str:
    """Return a text with digits for letters in numbers: `6l2 34S` is 612 345, but `70s` stays."""
    is_disguise = any(not MEASURE.fullmatch(match[0]) for match in LEET.finditer(text))
    return LEET.sub(lambda match: _digits(match[0]), text) if is_disguise else text


def _digits(word: str) -> str:
    digits = sum(map(str.isdigit, word))
    return word.translate(DRAWN) if digits * 3 >= len(word) else word


def _runs(text: str) -> list[list[Numeral]]:
    """Return runs of numerals with at most fillers between them."""
    runs: list[list[Numeral]] = []
    last_end, is_open = 0, False
    for match in TOKEN.finditer(text):
        word, start = match[0], match.start()
        if is_open and start - last_end > GAP_MAX:
            is_open = False
        if word.isdigit() or word in WORDS or word in TIMES:
            numerals = [(word, start, match.end())]
        elif len(word) > 4 and GLUED.fullmatch(word):
            numerals = [
                (one[0], start + one.start(), start + one.end()) for one in PIECE.finditer(word)
            ]
        elif word in ("o", "hundred") and is_open:
            numerals = [(word, start, match.end())]
        elif is_open and word in FILLERS:
            last_end = match.end()
            continue
        else:
            is_open = False
            continue
        if is_open:
            runs[-1] += numerals
        else:
            runs.append(numerals)
        is_open, last_end = True, match.end()
    return runs


def _has_words(run: list[Numeral]) -> bool:
    """Whether any numeral is a word. In `10, 20 o 30`, `o` is the Spanish "or" and not a zero."""
    words = {word for word, _start, _end in run if not word.isdigit()}
    if words == {"o"}:
        return all(len(word) == 1 for word, _start, _end in run)
    return bool(words)


def _valued(run: list[Numeral]) -> list[Numeral]:
    """Return the digits of numerals: `seiscientos doce` is 612, `treinta y cuatro` 34."""
    pieces: list[Numeral] = []
    position = 0
    while position < len(run):
        word, start, end = run[position]
        position += 1
        times = TIMES.get(word, 1)
        if times > 1 and position < len(run):
            word, _start, end = run[position]
            position += 1
        if word.isdigit():
            pieces.append((word * times, start, end))
            continue
        value = WORDS.get(word, 0)
        following = run[position][0] if position < len(run) else ""
        if following == "hundred" and word in UNITS:
            value, end, position = value * 100, run[position][2], position + 1
            following = run[position][0] if position < len(run) else ""
        if value >= 100 and following in TENS | TEENS:
            value, end, position = value + WORDS[following], run[position][2], position + 1
            word = following
            following = run[position][0] if position < len(run) else ""
        elif value >= 100 and following in UNITS and WORDS[following]:
            value, end, position = value + WORDS[following], run[position][2], position + 1
            following = ""
        if word in TENS and following in UNITS and WORDS[following]:
            value, end, position = value + WORDS[following], run[position][2], position + 1
        pieces.append((str(value) * times, start, end))
    return pieces
