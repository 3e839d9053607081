"""MinHash over the letters of a text, and the final score of two texts.

Texts that share most pieces of `SHINGLE` letters share most minima of a hash over these pieces (A.
Broder, "On the resemblance and containment of documents", 1997). Several minima together are a
band: two texts with nearly the same letters have at least one band in common, most others none.
"""

import random
import re
from functools import cache, lru_cache
from hashlib import blake2b

from django.conf import settings
from rapidfuzz import fuzz

from messaging.shield.folding import fold

NOT_LETTERS = re.compile(r"[^a-z]+")
SHINGLE = 4  # letters
BANDS = 10
ROWS = 3  # minima per band
# The probability that two texts share a band is 1 - (1 - share ** ROWS) ** BANDS: 98 % if they have
# 70 % of their pieces in common, and 1 % if they have 10 %.


def letters(text: str) -> str:
    """Return a text's letters as the eye reads them; copies differ in digits, signs and spaces."""
    return letters_of(fold(text).text)


def letters_of(folded: str) -> str:
    """Return the letters of a text that is already folded."""
    return NOT_LETTERS.sub("", folded)


def is_long_enough(compared: str) -> bool:
    """Whether there are enough letters to compare: everybody sends short ones such as greetings."""
    return len(compared) >= settings.SIMILAR_LEAST_CHARACTERS


def bands(compared: str) -> list[str]:
    """Return a text's keys: texts that are nearly the same share at least one of them.

    Each key is a band, with its number in front.

    Args:
        compared: the text's letters, see `letters`. Too few letters have no bands.
    """
    if not is_long_enough(compared):
        return []
    places = range(len(compared) - SHINGLE + 1)
    hashes = [_hash(piece) for piece in {compared[place : place + SHINGLE] for place in places}]
    minima = [min(map(mask.__xor__, hashes)) for mask in _masks()]
    return [
        f"{band}:" + ",".join(f"{one:x}" for one in minima[band * ROWS : (band + 1) * ROWS])
        for band in range(BANDS)
    ]


def are_alike(one: str, other: str) -> bool:
    """Whether the letters of two texts are nearly the same, by `SIMILAR_LEAST_PERCENT`."""
    least = settings.SIMILAR_LEAST_PERCENT
    return fuzz.ratio(one, other, score_cutoff=least) >= least


@lru_cache(maxsize=65536)
def _hash(piece: str) -> int:
    """Return a 64-bit number, the same in every process."""
    return int.from_bytes(blake2b(piece.encode(), digest_size=8).digest())


@cache
def _masks() -> tuple[int, ...]:
    """Return 64-bit numbers, the same in every process; each makes another hash the smallest.

    Their first five bits differ, so that no two masks prefer the same hashes.
    """
    chosen = random.Random("messaging.similar")  # noqa: S311 - no secret
    return tuple((number << 59) | chosen.getrandbits(59) for number in range(BANDS * ROWS))
