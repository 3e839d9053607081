"""Measure how good suggestions are: paraphrase questions that a shop has answered, and ask again.

The cases are in `cases/`, one file per language: `?` a question, `<` its answer, `~` the same
question in other words. The last block has questions that no answer in the file fits.
"""

import statistics
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from messaging.models import Conversation, Message, Side
from trato.people import Person

from . import queries

FOLDER = Path(__file__).parent / "cases"


@dataclass
class Case:
    """A question that was answered, and its paraphrases; or questions without an answer."""

    question: str = ""
    answer: str = ""
    paraphrases: list[str] = field(default_factory=list)


@dataclass
class Quality:
    """The suggester's results for the questions in one language.

    Args:
        asked: number of paraphrases asked.
        hits: how many of them had the right answer among the suggestions.
        firsts: how many of them had the right answer as the first suggestion.
        idle, false: number of questions without an answer, and how many got suggestions anyway.
        seconds: how long each question took.
    """

    asked: int = 0
    hits: int = 0
    firsts: int = 0
    idle: int = 0
    false: int = 0
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        milliseconds = [1000 * one for one in self.seconds]
        return (
            f"hit@{queries.SUGGESTIONS} {self.hits}/{self.asked}, "
            f"first {self.firsts}/{self.asked}; "
            f"suggested in vain {self.false}/{self.idle}; "
            f"{statistics.median(milliseconds):.1f} ms (median), {max(milliseconds):.1f} ms (most)"
        )


def cases() -> dict[str, list[Case]]:
    """Return all cases, by language."""
    return {path.stem: _cases(path) for path in sorted(FOLDER.glob("*.txt"))}


@transaction.atomic
def measure(shop_id: int, answering: Person, before: Person, now: Person) -> dict[str, Quality]:
    """Store the answers in a conversation of `before`, ask in one of `now`, and undo everything.

    Args:
        answering: the person who answers for the shop.
        before, now: two shoppers who have no general conversation with the shop, that is, none
            without a product.
    """
    past, asking = (
        Conversation.objects.create(consumer_id=one.pk, shop_id=shop_id) for one in (before, now)
    )
    results: dict[str, Quality] = {}
    by_language = cases()
    answered = [case for rows in by_language.values() for case in rows if case.answer]
    Message.objects.bulk_create(_messages(past, before, answering, answered))
    if connection.vendor == "postgresql":  # its statistics say which words are rare
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(Message._meta.db_table)}")
    for language, rows in by_language.items():
        quality = results[language] = Quality()
        for case in rows:
            for paraphrase in case.paraphrases:
                _ask(asking, case, paraphrase, quality)
    transaction.set_rollback(True)
    return results


def _ask(asking: Conversation, case: Case, paraphrase: str, quality: Quality) -> None:
    since = time.perf_counter()
    chosen = queries.suggester().suggest(asking, paraphrase, queries.SUGGESTIONS)
    quality.seconds.append(time.perf_counter() - since)
    answers = [one.answer.body for one in chosen]
    if not case.answer:
        quality.idle += 1
        quality.false += bool(answers)
        return
    quality.asked += 1
    quality.hits += case.answer in answers
    quality.firsts += answers[:1] == [case.answer]


def _messages(
    past: Conversation, shopper: Person, answering: Person, answered: list[Case]
) -> list[Message]:
    lines = [line for case in answered for line in (case.question, case.answer)]
    return [
        Message(
            conversation=past,
            sequence=number,
            revision=number,
            client_id=uuid.uuid4(),
            sender_id=(shopper if number % 2 else answering).pk,
            side=Side.CONSUMER if number % 2 else Side.SELLER,
            body=line,
            created_at=timezone.now() - timedelta(days=1, minutes=-number),
        )
        for number, line in enumerate(lines, start=1)
    ]


def _cases(path: Path) -> list[Case]:
    rows: list[Case] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, _space, text = line.partition(" ")
        match mark:
            case "=":
                rows.append(Case())
            case "?":
                rows[-1].question = text
            case "<":
                rows[-1].answer = text
            case "~":
                rows[-1].paraphrases.append(text)
    return rows
