"""Search on PostgreSQL: first look through the newest conversations, then ask the index.

Words that many conversations have are found among the newest few hundred, by reading what was said
there. Only what is not found there is looked up in the index, by the rarest of the words. So
neither common nor rare words are slow, and the work of one call is bounded whatever the words are:
where it stops early, the answer says from which place to go on.

`trato_words` and the indexes over it are made by migration 0003.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.models import User
from accounts.paging import Place, Start

from . import host
from .access import Scope
from .inbox import upcoming
from .models import Conversation, Message

NEWEST = 200  # conversations that are looked through before the index is asked
FURTHER = 800  # conversations that are looked through after that, at most
COMMON = 20_000  # messages; the index is no help with a word that more of them have

Statement = tuple[str, Sequence[Any]]

LEXEMES = "SELECT tsvector_to_array(trato_words(word)) FROM unnest(%s::text[]) AS word"

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
        SELECT trato_words(body) AS words FROM {message}
        WHERE conversation_id = conversation.id AND removed_at IS NULL
        OFFSET 0 -- so that a text is read once, however many words are looked for
    ) message
) said
ORDER BY candidate.at DESC, candidate.id DESC
"""

FROM_INDEX = """
SELECT id, last_message_at
FROM {conversation}
WHERE id IN (
    SELECT conversation_id FROM {message} WHERE trato_words(body) @@ %s AND removed_at IS NULL
    UNION
    SELECT id FROM {conversation} WHERE trato_words(product_title) @@ %s
    UNION
    SELECT asked.id FROM {person} person JOIN {conversation} asked ON consumer_id = person.id
    WHERE trato_words(person.name) @@ %s
    UNION
    SELECT asked.id FROM {shop} shop JOIN {conversation} asked ON shop_id = shop.id
    WHERE trato_words(shop.name) @@ %s AND consumer_id = %s
    UNION
    SELECT heard.id FROM {shop} shop JOIN {conversation} heard ON shop_id = shop.id
    WHERE trato_words(shop.name) @@ %s AND shop_id = ANY(%s)
)
AND (consumer_id = %s OR shop_id = ANY(%s)) AND (last_message_at, id) < (%s, %s)
ORDER BY last_message_at DESC, id DESC
LIMIT %s
"""

ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT FROM {message} WHERE trato_words(body) @@ %s"


def found(
    scope: Scope, words: list[str], before: Place | None, size: int, unread_only: bool
) -> tuple[list[Place], Place | None]:
    """See `search.found`."""
    queries = _queries(words)
    if not queries:
        return [], None
    newest = upcoming(scope, Start(before), NEWEST, unread_only=unread_only)
    looked = _look_through(newest.query.sql_with_params(), queries)
    is_end = len(looked) < NEWEST
    if not is_end and _count(looked) <= size:
        rest = Start(looked[-1][0])
        rarest = None if unread_only else _rarest(queries)
        limit = size + 1 if rarest and len(queries) == 1 else FURTHER
        if rarest:
            statement = _from_index(scope, rest, rarest, limit)
        else:
            further = upcoming(scope, rest, limit, unread_only=unread_only)
            statement = further.query.sql_with_params()
        more = _look_through(statement, queries)
        is_end = len(more) < limit
        looked += more
    places = [place for place, has_all in looked if has_all]
    if len(places) > size:
        return places[:size], places[size - 1]
    return places, None if is_end else looked[-1][0]


def _queries(words: list[str]) -> list[str]:
    """A tsquery for each word that is more than punctuation; the last may be a beginning."""
    with connection.cursor() as cursor:
        cursor.execute(LEXEMES, [words])
        found = [lexemes for (lexemes,) in cursor if lexemes]
    exact = [" & ".join(map(_quoted, lexemes)) for lexemes in found]
    return [*exact[:-1], *(f"{query}:*" for query in exact[-1:])]


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))


def _look_through(candidates: Statement, queries: list[str]) -> list[tuple[Place, bool]]:
    """Each candidate, the newest first, with whether it has all words."""
    sql, params = candidates
    numbers = range(len(queries))
    statement = _named(
        LOOK_THROUGH,
        candidates=sql,
        has_all=" AND ".join(f"(said.has{n} OR about.words @@ %s)" for n in numbers),
        said_any=", ".join(f"bool_or(words @@ %s) AS has{n}" for n in numbers),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *queries, *queries])
        return [(Place(at, pk), has_all) for pk, at, has_all in cursor]


def _from_index(scope: Scope, start: Start, query: str, limit: int) -> Statement:
    """The newest conversations of a scope that have a word anywhere."""
    if start.place is None:
        raise ValueError("the index is asked for what lies further back")
    user, shops = scope.user_id, list(scope.shop_ids)
    place = [start.place.at, start.place.pk]
    params = [*[query] * 4, user, query, shops, user, shops, *place, limit]
    return _named(FROM_INDEX), params


def _rarest(queries: list[str]) -> str | None:
    """The word that the fewest messages have, as the planner estimates; None if all are common."""
    estimates: list[tuple[int, str]] = []
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(_named(ESTIMATE), [query])
            (plan,) = cursor.fetchone()
            top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
            estimates.append((top["Plan Rows"], query))
    rows, query = min(estimates)
    return query if rows <= COMMON else None


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
