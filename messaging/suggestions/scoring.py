"""Score past questions by how much they have in common with a new one: BM25 with subjects.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.
Rare words weigh more. The compared texts determine how rare a word is.
"""

import math
from collections import Counter
from collections.abc import Sequence

from .words import Language

SATURATION, LENGTH_SHARE = 1.2, 0.5  # k1 and b of the formula
SUBJECT_WEIGHT = 0.6  # of another word for the same subject, relative to the word itself
UNREAD = 100  # texts assumed to have none of the words: only texts with some are compared
ENOUGH = 0.2  # of the score of a question equal to the new one: the minimum for a suggestion

Term = str | int  # a stem, or the number of a subject


def scores(language: Language, question: str, texts: Sequence[str]) -> list[float]:
    """Return how well each text fits a question: 1 if it says the same, 0 if too little matches."""
    wanted = set(terms(language, question))
    counted = [Counter(terms(language, text)) for text in texts]
    mean = sum(map(Counter.total, counted)) / max(1, len(counted)) or 1
    weights = {term: _weight(term, counted) for term in wanted}
    # A word that no text has, such as a place name, says nothing against any of them.
    met = [term for term in wanted if any(term in counts for counts in counted)]
    best = sum(weights[term] for term in met) or 1
    shares = [_score(weights, counts, mean) / best for counts in counted]
    return [share if share >= ENOUGH else 0.0 for share in shares]


def terms(language: Language, text: str) -> list[Term]:
    """Return the stems of a text, and the subjects that they belong to."""
    stems = language.stems(text)
    subjects = [number for stem in stems for number in language.subjects.get(stem, ())]
    return [*stems, *subjects]


def _weight(term: Term, counted: Sequence[Counter[Term]]) -> float:
    having = sum(term in counts for counts in counted)
    rarity = math.log(1 + (len(counted) + UNREAD - having + 0.5) / (having + 0.5))
    return rarity if isinstance(term, str) else rarity * SUBJECT_WEIGHT


def _score(weights: dict[Term, float], counts: Counter[Term], mean: float) -> float:
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * counts.total() / mean
    total = 0.0
    for term, weight in weights.items():
        if count := counts.get(term):
            total += weight * count * (SATURATION + 1) / (count + SATURATION * length)
    return total
