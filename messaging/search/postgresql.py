"""Search on PostgreSQL: find rare words by index, and common ones in the newest conversations.

If a word is rare, the index finds the conversations with it; among these, the index also checks
other rare words, and common words are searched in the messages themselves. If all words are common,
the newest conversations are searched, since most of them match; if these don't suffice and one word
is rare enough, the index finds the rest. So neither common nor rare words are slow, and the work of
one call is bounded whatever the words are: if it stops early, the result has the cursor to continue
from.

Migration 0002 creates `trato_words` and the indexes over it, migration 0003 the index of notes.
Statements read notes only for people who work for a shop, and only in conversations of their shops
in which they aren't the shopper.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from messaging.access import Scope
from messaging.host import host, shop_model
from messaging.inbox_order import upcoming
from messaging.models import Conversation, Message, Note, shown_sql
from trato.pagination import Cursor, PageRequest

NEWEST = 200  # conversations whose messages are searched for common words, at most
FURTHER = 300  # conversations from the index that are searched for other words, at most
RARE = 5_000  # rows; a word in at most this many is looked up first
COMMON = 20_000  # rows; for a word in more than this many, the index doesn't help

Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class Word:
    """A search word: what a person typed between two spaces.

    Args:
        letters: what the folded form of every text with the word contains.
        query: the word as a tsquery.
    """

    letters: str
    query: str


# In the order of typing, because the last word may be incomplete.
LEXEMES = """
SELECT ARRAY(
    SELECT lexeme FROM unnest(trato_words(word)) ORDER BY positions[cardinality(positions)]
)
FROM unnest(%s::text[]) AS word
"""

# OFFSET 0 keeps the candidates in order, so that PostgreSQL reads no more than it needs.
LOOK_THROUGH = """
WITH candidate (id, at) AS MATERIALIZED ({candidates})
(
    SELECT candidate.id, candidate.at, true
    FROM (
        SELECT candidate.*,
               concat_ws(
                   ' ',
                   product_title,
                   CASE conversation.consumer_id
                       WHEN %s THEN shop.{shop_name} ELSE person.{person_name}
                   END
               ) AS about,
               {of_team} AS of_team
        FROM candidate
        JOIN {conversation} conversation ON conversation.id = candidate.id
        JOIN {shop} shop ON shop.{shop_key} = conversation.shop_id
        JOIN {person} person ON person.{person_key} = conversation.consumer_id
        ORDER BY candidate.at DESC, candidate.id DESC OFFSET 0
    ) candidate
    WHERE {has_all}
    ORDER BY candidate.at DESC, candidate.id DESC
    LIMIT %s
)
UNION ALL
(SELECT id, at, false FROM candidate ORDER BY at DESC, id DESC OFFSET %s LIMIT 1)
"""
HAS = "(strpos(trato_folded({text}), %s) > 0 AND trato_words({text}) @@ %s)"
# This OFFSET 0 makes PostgreSQL read only these texts, instead of querying the index.
READ = f"""EXISTS (
    SELECT FROM (
        SELECT about AS text UNION ALL
        SELECT body FROM {{message}} WHERE conversation_id = candidate.id AND {{shown}}
        {{noted}}
        OFFSET 0
    ) said
    WHERE {HAS.format(text="text")}
)"""
LOOKED_UP = f"""({HAS.format(text="about")} OR candidate.id IN (
    SELECT conversation_id FROM {{message}} WHERE trato_words(body) @@ %s AND {{shown}}
))"""
LOOKED_UP_IN_NOTES = """(candidate.of_team AND candidate.id IN (
    SELECT conversation_id FROM {note} WHERE trato_words(body) @@ %s
))"""
READ_NOTES = """UNION ALL
        SELECT body FROM {note} WHERE conversation_id = candidate.id AND candidate.of_team"""
OF_TEAM = "(conversation.shop_id = ANY(%s) AND conversation.consumer_id <> %s)"

# The planner overestimates words that it has no statistics for, and would read all conversations.
# It assumes that an ARRAY is short, and looks up its elements.
FROM_INDEX = """
SELECT id, last_message_at FROM {conversation} WHERE {further} AND id = ANY(ARRAY(
    SELECT conversation_id FROM {message} WHERE trato_words(body) @@ %s AND {shown}
))
UNION
SELECT id, last_message_at FROM {conversation} WHERE {further} AND trato_words(product_title) @@ %s
{noted}UNION
SELECT id, last_message_at FROM {conversation} WHERE {further} AND consumer_id = ANY(ARRAY(
    SELECT {person_key} FROM {person} WHERE trato_words({person_name}) @@ %s AND {person_key} <> %s
))
UNION
SELECT id, last_message_at FROM {conversation}
WHERE {further} AND consumer_id = %s AND shop_id = ANY(ARRAY(
    SELECT {shop_key} FROM {shop} WHERE trato_words({shop_name}) @@ %s AND {shop_key} IN (
        SELECT shop_id FROM {conversation} WHERE consumer_id = %s
    )
))
ORDER BY last_message_at DESC, id DESC
LIMIT %s
"""
NOTED = f"""UNION
SELECT id, last_message_at FROM {{conversation}} conversation
WHERE {{further}} AND {OF_TEAM} AND id = ANY(ARRAY(
    SELECT conversation_id FROM {{note}} WHERE trato_words(body) @@ %s
))
"""
FURTHER_BACK = (
    "(consumer_id = %s OR shop_id = ANY(%s)) "
    "AND last_message_hour <= %s AND (last_message_at, id) < (%s, %s)"
)

ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT {each}"
ESTIMATE_EACH = """ARRAY(
    SELECT 1 FROM {message} WHERE trato_words(body) @@ %s
    UNION ALL SELECT 1 FROM {conversation} WHERE trato_words(product_title) @@ %s
    UNION ALL SELECT 1 FROM {person} WHERE trato_words({person_name}) @@ %s
    {noted}
)"""
NOTED_EACH = "UNION ALL SELECT 1 FROM {note} WHERE trato_words(body) @@ %s"


def conversations_with(
    scope: Scope, text: list[str], before: Cursor | None, size: int, unread_only: bool
) -> tuple[list[Cursor], Cursor | None]:
    """See `search.conversations_with`."""
    words = parsed(text)
    if not words:
        return [], None
    estimates = [] if unread_only else _estimates(scope, words)
    fewest = min(estimates, default=COMMON + 1)
    if fewest <= RARE:
        cursors, rest = _by_index(scope, before, size + 1, words, estimates)
    else:
        newest = upcoming(scope, PageRequest(before), NEWEST, unread_only=unread_only)
        candidates = newest.query.sql_with_params()
        cursors, rest = _look_through(scope, candidates, NEWEST, size + 1, words)
        if rest and len(cursors) <= size and fewest <= COMMON:
            more, rest = _by_index(scope, rest, size + 1 - len(cursors), words, estimates)
            cursors += more
    if len(cursors) > size:
        return cursors[:size], cursors[size - 1]
    return cursors, rest


def _by_index(
    scope: Scope, before: Cursor | None, size: int, words: list[Word], estimates: list[int]
) -> tuple[list[Cursor], Cursor | None]:
    """Return the next conversations with the rarest word."""
    rarest = words[estimates.index(min(estimates))]
    others = [pair for pair in zip(words, estimates, strict=True) if pair[0] is not rarest]
    limit = FURTHER if others else size
    return _look_through(
        scope,
        _from_index(scope, before, rarest.query, limit),
        limit,
        size,
        read=[word for word, rows in others if rows > RARE],
        look_up=[word for word, rows in others if rows <= RARE],
    )


def parsed(words: list[str]) -> list[Word]:
    """Split a text into words, without those that are only punctuation."""
    with connection.cursor() as cursor:
        cursor.execute(LEXEMES, [words])
        rows = [lexemes for (lexemes,) in cursor if lexemes]
    return [
        Word(
            letters=max(lexemes, key=len),
            query=" & ".join(map(_quoted, lexemes)) + (":*" if lexemes is rows[-1] else ""),
        )
        for lexemes in rows
    ]


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))


def _look_through(
    scope: Scope,
    candidates: Statement,
    limit: int,
    size: int,
    read: list[Word],
    look_up: Sequence[Word] = (),
) -> tuple[list[Cursor], Cursor | None]:
    """Return the newest candidates that have all words.

    Args:
        scope: of the candidates.
        candidates: a query for the IDs and times of `limit` conversations, or fewer at the end.
        size: the number of conversations to find.
        read: words to search for in the messages themselves.
        look_up: words to look up in the index.

    Returns:
        Their cursors, and the last candidate's cursor: None if there can be no more candidates.
    """
    sql, params = candidates
    is_team = bool(scope.shop_ids)
    looked_up = f"({LOOKED_UP} OR {LOOKED_UP_IN_NOTES})" if is_team else LOOKED_UP
    noted = _named(READ_NOTES) if is_team else ""
    has_all = [_named(looked_up)] * len(look_up) + [_named(READ, noted=noted)] * len(read)
    statement = _named(
        LOOK_THROUGH,
        candidates=sql,
        of_team=OF_TEAM if is_team else "false",
        has_all=" AND ".join(has_all) or "true",
    )
    wanted: list[Any] = [scope.user_id]
    wanted += [list(scope.shop_ids), scope.user_id] if is_team else []
    for word in look_up:
        wanted += [word.letters, *[word.query] * (3 if is_team else 2)]
    wanted += [part for word in read for part in (word.letters, word.query)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *wanted, size, limit - 1])
        rows = [(Cursor(at, pk), has_all) for pk, at, has_all in cursor]
    cursors = [one for one, has_all in rows if has_all]
    return cursors, next((one for one, has_all in rows if not has_all), None)


def _from_index(scope: Scope, before: Cursor | None, query: str, limit: int) -> Statement:
    """Return a query for a scope's newest conversations with a word, from a cursor on."""
    shops = list(scope.shop_ids)
    at, pk = (before.at, before.pk) if before else ("infinity", 0)
    further = [scope.user_id, shops, at, at, pk]
    noted = _named(NOTED, further=FURTHER_BACK) if shops else ""
    return _named(FROM_INDEX, further=FURTHER_BACK, noted=noted), [
        *[*further, query] * 2,
        *((*further, shops, scope.user_id, query) if shops else ()),
        *(*further, query, scope.user_id),
        *(*further, scope.user_id, query, scope.user_id),
        limit,
    ]


def _estimates(scope: Scope, words: list[Word]) -> list[int]:
    """Return the planner's estimates: the number of messages, titles and so on with each word."""
    noted = _named(NOTED_EACH) if scope.shop_ids else ""
    each = _named(ESTIMATE_EACH, noted=noted)
    values = [word.query for word in words for _ in range(each.count("%s"))]
    with connection.cursor() as cursor:
        cursor.execute(ESTIMATE.format(each=", ".join([each] * len(words))), values)
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return [part["Plan Rows"] for part in top["Plans"]]


def _named(statement: str, **parts: str) -> str:
    person, shop = get_user_model()._meta, shop_model()._meta
    names = {
        "conversation": Conversation._meta.db_table,
        "message": Message._meta.db_table,
        "note": Note._meta.db_table,
        "person": person.db_table,
        "person_key": _column(person, person.pk.name),
        "person_name": _column(person, settings.PERSON_NAME_FIELD),
        "shop": shop.db_table,
        "shop_key": _column(shop, shop.pk.name),
        "shop_name": _column(shop, host.shop_name_field),
    }
    quoted = {name: connection.ops.quote_name(text) for name, text in names.items()}
    return statement.format(**quoted, shown=shown_sql(quoted["message"]), **parts)


def _column(options: Any, field: str) -> str:
    return str(options.get_field(field).column)
