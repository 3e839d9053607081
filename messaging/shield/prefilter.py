"""Scan a text once to see whether the detectors have to run.

This is a single RE2 automaton over UTF-8. Its time grows only with the text, and most messages need
nothing else. It fires too often rather than too rarely.
"""

from typing import Any

import re2

from .drawn_names import DRAWN_NAMES
from .site_name import SITE
from .spelled import TIMES, WORDS

# Ways to write a letter in a keyword: accents, and digits and signs that look alike.
VARIANTS = {
    "a": r"(?:[a4@]|\xc3[\x80-\x85\xa0-\xa5])", "e": r"(?:[e3]|\xc3[\x88-\x8b\xa8-\xab])",
    "i": r"(?:[i1!l|]|\xc3[\x8c-\x8f\xac-\xaf])", "o": r"(?:[o0]|\xc3[\x92-\x96\xb2-\xb6])",
    "u": r"(?:u|\xc3[\x99-\x9c\xb9-\xbc])", "s": "[s5$z]",
}  # fmt: skip
# Beginnings of words that no innocent word has, anywhere in a text.
NAMES = (
    "wsap whats watsap wasap wassap wazap wazzap wuasap watzap whasap guasap guassap gwasap "
    "whatzap whaats whtas telegr tlgrm discord snapcha wechat viber skype threema tiktok faceb "
    "facet imessage instag instgr bizum bizzum bisum paypal venmo zelle revolut moneygr nequi "
    "davipl mercadop skrill payone bitcoin cripto arroba arova aroba puntocom dotcom hotmail "
    "gmail outlook icloud yahoo iban triplew wasape whatsap guasa feisb fisb guach wachap "
    "uasap uatsap mesenger mesenyer mesenjer tuiter diskord telgram istagr vaiber tictoc "
    "wtsp wtsap whtsp wotsa protonm "
).split()  # fmt: skip
# Shorter names, which count only as whole words.
SHORT = (
    "wsp wspp wpp wapp whapp wats wasa wasapp insta ig tg fb snap signal line messenger imo kik "
    "wa face tele crypto btc usdt wise oxxo tether monzo yape plin dc twitter hangouts sms live "
    "gmx proton punto dot pto cashapp www slash feis guats uats aol yandex tutanota"
).split()  # fmt: skip
PHRASES = (
    r"app (?:verde|del|azul)|aplicaci(?:o|\xc3\xb3)n (?:verde|del)|green (?:chat |bubble )?app|"
    r"el verde|verdecit|paper plane|avioncito|"
    r"app with the|cash app|google (?:pay|chat)|apple pay|pay[ -]pal|"
    r"c@sh ?app|ven mo|tele gram|western union|"
    r"friends and family|amigos y famil|triple w|uve doble|tik tok|"
    r"(?:outside|off)(?: of)? (?:the |this )?(?:site|app|platform|website|marketplace|here)|"
    r"fuera de (?:la |esta |el |este )?(?:web|app|plataforma|p(?:a|\xc3\xa1)gina|sitio|aplic|aqu)|"
    r"(?:una|la) transferencia|to my (?:[a-z]{3,8} ){0,2}account|mi cuenta|clabe|\bc[bv]u\b|"
    r"sort code|bank (?:details|account)|datos bancarios|"
    r"n(?:u|\xc3\xba)mero de cuenta|cuenta bancaria"
)
# Bytes of other alphabets, of letters in frames, and of invisible characters, but not of western
# Europe's letters, typographic signs or most emoji.
FOREIGN = (
    r"[\xc4-\xdf\xe0\xe1\xe3-\xee]|\xe2(?:\x80[\x8a-\x8f\xa8-\xaf]|\x81[\x9f-\xbf]|"
    r"\x82[\x80-\x8e]|\x83[\xa0-\xbf]|[\x84\x85]|\x91|\x92|\x93|\x9d[\xb6-\xbf]|\x9e[\x80-\x93])|"
    r"\xef[\xbc-\xbe]|\xf0(?:\x9d|\x9f(?:\x84|\x85|\x86|\x87))|\xc2[\xad\xb2\xb3\xb9]"
)


def tolerant(word: str) -> str:
    """Return a pattern for a word with any accents and look-alike letters."""
    return "".join(VARIANTS.get(letter, letter) for letter in word)


_NUMERAL = "|".join(
    sorted((tolerant(word) for word in (*WORDS, *TIMES) if len(word) > 2), key=len, reverse=True)
)
_NUMERAL = rf"(?:{_NUMERAL}|un|oh?|\d)"
_GAP = (
    r"[^a-z0-9]{0,6}(?:(?:y|and|then|luego|guion|dash|hyphen|barra|slash|punto|dot|point|space|espacio|coma|comma|e|plus|"
    r"mas)[^a-z0-9]{1,3})?"
)
# No `\b` after them, because the bytes of an accented letter don't count as part of a word.
MESSENGER = (
    rf"{'|'.join(map(tolerant, NAMES))}|\b(?:{'|'.join(map(tolerant, SHORT))})(?:[^a-z0-9_]|$)"
)
CONTACT = "|".join(
    (
        r"\d(?:[^\da-z]{0,5}\d){5}|\d[oilszb\d]{1,3}[ .-]?\d[oilszb\d]",
        rf"{_NUMERAL}(?:{_GAP}{_NUMERAL}){{3}}",
        r"@\s?[a-z0-9_]|[a-z0-9\xa0-\xbf]@",
        r"[a-z0-9]\.[a-z]{2}|//|[a-z0-9][\])}]?,com\b|\. ?(?:com|net|org|es|io|co)\b| \. ?(?:me|"
        r"ly|gg|gd|app|shop|store|link|mx|uk)\b|[(\[{<*_~|'\""
        r"-] ?(?:at|a|dot|en|\.) ?[)\]}>*_~|'\"-]",
        r"\b[a-z@](?: [a-z0-9@.]){3}\b|\b[a-z@](?:[._*/|~-][a-z0-9@]){3}",
        r"\$[a-z]{2}|#\d{4}\b|\bbc1[a-z0-9]{9}|\b0x[a-f0-9]{9}|\b[a-z]{2}\d\d[ .-]?[a-z0-9]{4}\b",
        r"(?:empiez|comienz|start|begin)[a-z]{0,3} (?:por|con|with|in|by) \d",
        r"\. ?(?:c ?[o0] ?m|n ?e ?t|o ?r ?g|e s)\b|\bunder ?score\b|\bguion\b|barra baja|"
        r"at the rate",
        MESSENGER,
        DRAWN_NAMES,
        PHRASES,
        rf"(?:outside|off|fuera de)(?: of)? {tolerant(SITE)}",
        FOREIGN,
    )
)
_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1  # bytes, so that offsets need no translation
_OPTIONS.case_sensitive = False
_OPTIONS.max_mem = 64 << 20  # bytes for the automaton's states


def compiled(pattern: str) -> Any:
    """Compile a pattern for the bytes of a text, ignoring case."""
    return re2.compile(pattern.encode("latin-1"), _OPTIONS)


def compiled_set(patterns: list[bytes]) -> Any:
    """Compile patterns into one automaton; its `Match` returns the numbers of those that occur."""
    made = re2.Set.SearchSet(_OPTIONS)
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


class Prefilter:
    """One scan of a text. A set finds no positions, so it takes half the time of a search."""

    def __init__(self, pattern: str) -> None:
        self._patterns = compiled_set([pattern.encode("latin-1")])

    def fires(self, text: str) -> bool:
        """Whether the pattern occurs in a text."""
        return bool(self._patterns.Match(text.encode("utf-8", "replace")))


_CONTACT = Prefilter(CONTACT)


def may_contain_contacts(text: str) -> bool:
    """Whether the detectors have to look at a text."""
    return _CONTACT.fires(text)
