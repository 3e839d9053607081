"""Search on PostgreSQL: first look through the newest conversations, then ask the index.

Words that many conversations have are found among the newest few hundred, by reading what was said
there. Only what is not found there is looked up in the index, by the rarest of the words. So
neither common nor rare words are slow, and the work of one call is bounded whatever the words are:
where it stops early, the answer says from which place to go on.

`trato_words` and the indexes over it are made by migration 0003.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.models import User
from accounts.paging import Place, Start

from . import host
from .access import Scope
from .inbox import upcoming
from .models import Conversation, Message

NEWEST = 100  # conversations that are looked through before the index is asked
FURTHER = 300  # conversations that are looked through after that, at most
COMMON = 20_000  # messages; the index is no help with a word that more of them have

Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class Word:
    """What a person typed between two spaces.

    Args:
        letters: what every text with the word has in it, once folded.
        query: the word as a tsquery.
    """

    letters: str
    query: str


# In the order they were typed, because the last one may be the beginning of a word.
LEXEMES = """
SELECT ARRAY(
    SELECT lexeme FROM unnest(trato_words(word)) ORDER BY positions[cardinality(positions)]
)
FROM unnest(%s::text[]) AS word
"""

LOOK_THROUGH = """
WITH candidate (id, at) AS MATERIALIZED ({candidates})
SELECT candidate.id, candidate.at, coalesce({has_all}, false)
FROM candidate
JOIN {conversation} conversation ON conversation.id = candidate.id
JOIN {shop} shop ON shop.id = conversation.shop_id
JOIN {person} person ON person.id = conversation.consumer_id
CROSS JOIN LATERAL (
    SELECT trato_words(concat_ws(' ', product_title, shop.name, person.name)) AS words
) about
CROSS JOIN LATERAL (
    SELECT {said_any}
    FROM (
        SELECT body, trato_folded(body) AS folded FROM {message}
        WHERE conversation_id = conversation.id AND removed_at IS NULL
        OFFSET 0 -- so that a text is folded once, however many words are looked for
    ) message
) said
ORDER BY candidate.at DESC, candidate.id DESC
"""

# Each OFFSET 0 keeps the planner, which guesses high for words it has not seen, from reading the
# conversations from end to end.
FROM_INDEX = """
SELECT mine.id, mine.last_message_at
FROM (
    SELECT DISTINCT conversation_id FROM {message}
    WHERE trato_words(body) @@ %s AND removed_at IS NULL
) said
CROSS JOIN LATERAL (
    SELECT id, last_message_at FROM {conversation} WHERE id = conversation_id AND {further} OFFSET 0
) mine
UNION
SELECT id, last_message_at FROM {conversation} WHERE trato_words(product_title) @@ %s AND {further}
UNION
SELECT mine.id, mine.last_message_at
FROM {person} person
CROSS JOIN LATERAL (
    SELECT id, last_message_at FROM {conversation}
    WHERE consumer_id = person.id AND {further} OFFSET 0
) mine
WHERE trato_words(person.name) @@ %s
UNION
SELECT mine.id, mine.last_message_at
FROM {shop} shop
CROSS JOIN LATERAL (
    SELECT id, last_message_at FROM {conversation}
    WHERE shop_id = shop.id AND {further}
    ORDER BY last_message_at DESC, id DESC LIMIT %s
) mine
WHERE trato_words(shop.name) @@ %s AND shop.id IN (
    SELECT unnest(%s) UNION SELECT shop_id FROM {conversation} WHERE consumer_id = %s
)
ORDER BY last_message_at DESC, id DESC
LIMIT %s
"""
FURTHER_BACK = "(consumer_id = %s OR shop_id = ANY(%s)) AND (last_message_at, id) < (%s, %s)"

ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT {each}"
ESTIMATE_EACH = "ARRAY(SELECT 1 FROM {message} WHERE trato_words(body) @@ %s)"


def found(
    scope: Scope, text: list[str], before: Place | None, size: int, unread_only: bool
) -> tuple[list[Place], Place | None]:
    """See `search.found`."""
    words = _words(text)
    if not words:
        return [], None
    newest = upcoming(scope, Start(before), NEWEST, unread_only=unread_only)
    looked = _look_through(newest.query.sql_with_params(), words)
    is_end = len(looked) < NEWEST
    if not is_end and _count(looked) <= size:
        rest = Start(looked[-1][0])
        rarest = None if unread_only else _rarest(words)
        limit = size + 1 if rarest and len(words) == 1 else FURTHER
        if rarest:
            statement = _from_index(scope, rest, rarest.query, limit)
        else:
            further = upcoming(scope, rest, limit, unread_only=unread_only)
            statement = further.query.sql_with_params()
        more = _look_through(statement, words)
        is_end = len(more) < limit
        looked += more
    places = [place for place, has_all in looked if has_all]
    if len(places) > size:
        return places[:size], places[size - 1]
    return places, None if is_end else looked[-1][0]


def _words(words: list[str]) -> list[Word]:
    """What to look for of each word that is more than punctuation."""
    with connection.cursor() as cursor:
        cursor.execute(LEXEMES, [words])
        found = [lexemes for (lexemes,) in cursor if lexemes]
    return [
        Word(
            letters=max(lexemes, key=len),
            query=" & ".join(map(_quoted, lexemes)) + (":*" if lexemes is found[-1] else ""),
        )
        for lexemes in found
    ]


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))


def _look_through(candidates: Statement, words: list[Word]) -> list[tuple[Place, bool]]:
    """Each candidate, the newest first, with whether it has all words."""
    sql, params = candidates
    numbers = range(len(words))
    said = "bool_or(strpos(folded, %s) > 0 AND trato_words(body) @@ %s) AS has{n}"
    statement = _named(
        LOOK_THROUGH,
        candidates=sql,
        has_all=" AND ".join(f"(said.has{n} OR about.words @@ %s)" for n in numbers),
        said_any=", ".join(said.format(n=n) for n in numbers),
    )
    of_about = [word.query for word in words]
    of_said = [part for word in words for part in (word.letters, word.query)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *of_about, *of_said])
        return [(Place(at, pk), has_all) for pk, at, has_all in cursor]


def _from_index(scope: Scope, start: Start, query: str, limit: int) -> Statement:
    """The newest conversations of a scope that have a word anywhere."""
    if start.place is None:
        raise ValueError("the index is asked for what lies further back")
    shops = list(scope.shop_ids)
    further = [scope.user_id, shops, start.place.at, start.place.pk]
    return _named(FROM_INDEX, further=FURTHER_BACK), [
        *(query, *further),
        *(query, *further),
        *(*further, query),
        *(*further, limit, query, shops, scope.user_id),
        limit,
    ]


def _rarest(words: list[Word]) -> Word | None:
    """The word that the fewest messages have, as the planner estimates; None if all are common."""
    each = ", ".join([_named(ESTIMATE_EACH)] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(ESTIMATE.format(each=each), [word.query for word in words])
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    estimates = [part["Plan Rows"] for part in top["Plans"]]
    fewest = min(estimates)
    return words[estimates.index(fewest)] if fewest <= COMMON else None


def _count(looked: list[tuple[Place, bool]]) -> int:
    return sum(has_all for _, has_all in looked)


def _named(statement: str, **parts: str) -> str:
    models: dict[str, type[Model]] = {
        "conversation": Conversation,
        "message": Message,
        "person": User,
        "shop": host.shop_model(),
    }
    tables = {name: connection.ops.quote_name(m._meta.db_table) for name, m in models.items()}
    return statement.format(**tables, **parts)
