"""Trato's own suggester: candidates from the database's full-text index, ranked by BM25."""

from messaging.models import Conversation, Message
from trato.array_parameters import listed

from . import scoring
from .base import Suggester, Suggestion
from .candidates import Pair, pairs_for
from .words import language_of

RERANKED = 12  # best questions whose answers the suggester loads and scores too
ANSWER_WEIGHT = 0.3  # of a word in the answer, relative to a word in the question
# A pair about the same product comes first if it has at least this share of the best score.
PRODUCT_FIRST = 0.5


class FullTextSuggester(Suggester):
    """Compares the words of questions in English and Spanish, see `words`."""

    def suggest(self, conversation: Conversation, question: str, limit: int) -> list[Suggestion]:
        """See `Suggester.suggest`."""
        language = language_of(question)
        pairs = pairs_for(conversation, question, language)
        scored = scoring.scores(language, question, [pair.question for pair in pairs])
        best = sorted(zip(scored, pairs, strict=True), key=_by_score)[:RERANKED]
        best = [(score, pair) for score, pair in best if score]
        if not best:
            return []
        said_by_id = _bodies([pair.answer_id for _score, pair in best])
        bodies = [said_by_id[pair.answer_id] for _score, pair in best]
        said = scoring.scores(language, question, bodies)
        best = [
            (score + ANSWER_WEIGHT * more, pair)
            for (score, pair), more in zip(best, said, strict=True)
        ]
        top = max((score for score, _pair in best), default=0)

        def rank(one: tuple[float, Pair]) -> tuple[bool, float]:
            score, pair = one
            product_id = conversation.product_id
            is_same = product_id is not None and pair.product_id == product_id
            return not (is_same and score >= PRODUCT_FIRST * top), -score

        chosen: dict[str, Pair] = {}  # without repeats: a saved reply may have been sent many times
        for _score, pair in sorted(best, key=rank):
            chosen.setdefault(said_by_id[pair.answer_id], pair)
        pairs = list(chosen.values())[:limit]
        rows = Message.objects.filter(pk__in=listed(pair.answer_id for pair in pairs))
        answers = rows.select_related("conversation__product", "conversation__consumer").in_bulk()
        return [Suggestion(answers[pair.answer_id], pair.question) for pair in pairs]


def _bodies(ids: list[int]) -> dict[int, str]:
    rows = Message.objects.filter(pk__in=listed(ids))
    return dict(rows.values_list("pk", "body"))


def _by_score(one: tuple[float, Pair]) -> tuple[float, int]:
    """Sort by score, then newest first, because a newer answer is more likely still true."""
    score, pair = one
    return -score, -pair.answer_id
