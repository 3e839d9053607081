"""`notify()` and `mark_read()` as parts of larger SQL statements, for many subjects at once.

PostgreSQL only. Only this module and `actions` write the tables of notifications. Both parts lock
the rows of `News` first, in order of subject and team, which protects the notifications below them.
"""

from django.conf import settings

from .models import CONVERSATION, News, Notification

TITLE_MAX, EXCERPT_MAX = 120, 160  # characters; the same as in `notify()`


def notify_in_statement(news: str, recipients: str, subject_kind: str) -> str:
    """Return common table expressions that do what `notify()` does.

    If everybody was notified within `FIND_RECIPIENTS_AGAIN_SECONDS` and nobody has read it since,
    only the news itself changes, however many recipients there are.

    Args:
        news: the name of a preceding expression with the columns `subject_id`, `team_id`, `title`,
            `excerpt` and `url`; each pair of subject and team (0 for none) occurs once.
        recipients: a SELECT of `news_id` and `recipient_id`: the people to notify of the news in
            `due`, which has the columns `news_id`, `subject_id` and `team_id`. No pair occurs
            twice.
        subject_kind: the kind of the subjects; a constant of the caller, never user input.

    Returns:
        Expressions for a `WITH` clause. The last one is named `badge_changed` and has the columns
        `recipient_id`, whose number of unread notifications has changed, and `subject_id`.
    """
    again = f"interval '{settings.FIND_RECIPIENTS_AGAIN_SECONDS} seconds'"
    return f"""
    told AS MATERIALIZED (
        INSERT INTO {News._meta.db_table} AS n
            (subject_kind, subject_id, team_id, title, excerpt, url, happened_at, told_at)
        SELECT '{subject_kind}', w.subject_id, w.team_id, left(w.title, {TITLE_MAX}),
               left(w.excerpt, {EXCERPT_MAX}), w.url, clock_timestamp(), now()
        FROM {news} w
        ORDER BY w.subject_id, w.team_id
        ON CONFLICT (subject_kind, subject_id, team_id) DO UPDATE SET
            title = excluded.title, excerpt = excluded.excerpt, url = excluded.url,
            happened_at = excluded.happened_at,
            told_at = CASE WHEN n.told_at > now() - {again} THEN n.told_at ELSE now() END
        RETURNING n.id, n.subject_id, n.team_id, n.told_at
    ),
    due AS MATERIALIZED (
        SELECT t.id AS news_id, t.subject_id, t.team_id
        FROM told t
        WHERE t.told_at = now()
           OR NOT EXISTS (SELECT FROM {Notification._meta.db_table} n WHERE n.news_id = t.id)
    ),
    recipient AS MATERIALIZED ({recipients}),
    before AS MATERIALIZED (  -- locked, so that these are their rows of now, not of the snapshot
        SELECT n.news_id, n.recipient_id, n.read_at
        FROM recipient r
        CROSS JOIN LATERAL (SELECT n.* FROM {Notification._meta.db_table} n
                            WHERE n.news_id = r.news_id AND n.recipient_id = r.recipient_id
                            LIMIT 1 FOR NO KEY UPDATE) n
    ),
    unread_again AS (
        INSERT INTO {Notification._meta.db_table} AS n
            (recipient_id, news_id, team_id, is_notice)
        SELECT r.recipient_id, r.news_id, d.team_id, {subject_kind != CONVERSATION}
        FROM recipient r
        JOIN due d ON d.news_id = r.news_id
        LEFT JOIN before b ON b.news_id = r.news_id AND b.recipient_id = r.recipient_id
        WHERE b.news_id IS NULL OR b.read_at IS NOT NULL
        ON CONFLICT (news_id, recipient_id) DO UPDATE SET read_at = NULL
            WHERE n.read_at IS NOT NULL
        RETURNING n.recipient_id, n.news_id
    ),
    badge_changed AS (
        SELECT u.recipient_id, d.subject_id FROM unread_again u JOIN due d ON d.news_id = u.news_id
    )"""


def read_in_statement(seen: str, subject_kind: str) -> str:
    """Return common table expressions that do what `mark_read()` does, many times at once.

    Args:
        seen: the name of a preceding expression with the columns `recipient_id` and `subject_id`:
            who has seen everything about a subject.
        subject_kind: as for `notify_in_statement`.

    Returns:
        Expressions for a `WITH` clause. The last one is named `badge_changed` and has the columns
        `recipient_id` and `subject_id`. News that arrived while the statement waited stays unread,
        because its timestamp differs from the one the statement saw.
    """
    return f"""
    unread AS MATERIALIZED (
        SELECT w.id AS news_id, w.happened_at, s.recipient_id, s.subject_id
        FROM {seen} s
        CROSS JOIN LATERAL (SELECT w.id, w.happened_at FROM {News._meta.db_table} w
                            WHERE w.subject_kind = '{subject_kind}'
                              AND w.subject_id = s.subject_id OFFSET 0) w
        CROSS JOIN LATERAL (SELECT FROM {Notification._meta.db_table} n
                            WHERE n.news_id = w.id AND n.recipient_id = s.recipient_id
                              AND n.read_at IS NULL LIMIT 1) n
    ),
    news_locked AS MATERIALIZED (
        SELECT w.id, w.happened_at
        FROM {News._meta.db_table} w
        WHERE w.id = ANY (ARRAY(SELECT news_id FROM unread))
        ORDER BY w.subject_id, w.team_id
        FOR NO KEY UPDATE
    ),
    untold AS (
        UPDATE {News._meta.db_table} w SET told_at = NULL
        WHERE w.id = ANY (ARRAY(SELECT id FROM news_locked)) AND w.told_at IS NOT NULL
    ),
    badge_changed AS (
        UPDATE {Notification._meta.db_table} n
        SET read_at = clock_timestamp()
        FROM unread u
        JOIN news_locked l ON l.id = u.news_id AND l.happened_at = u.happened_at
        WHERE n.news_id = ANY (ARRAY(SELECT id FROM news_locked))
          AND n.news_id = u.news_id AND n.recipient_id = u.recipient_id AND n.read_at IS NULL
        RETURNING n.recipient_id, u.subject_id
    )"""
