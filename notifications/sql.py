"""`notify()` as part of a larger SQL statement, for callers that store many things at once.

PostgreSQL only. The rows and columns of notifications are written here and in `actions` alone.
"""

from .models import Notification

TITLE_MAX, EXCERPT_MAX = 120, 160  # characters; as `notify()` cuts them


def notify_in_statement(news: str, subject_kind: str) -> str:
    """Common table expressions that do what `notify()` does.

    Args:
        news: the name of a preceding expression with the columns `recipient_id`, `subject_id`,
            `team_id`, `title`, `excerpt` and `url`, sorted by the first two; a recipient is there
            once for each subject.
        subject_kind: what the subjects are; a constant of the caller's, never anybody's words.

    Returns:
        Expressions to stand in a `WITH`. The last one is named `badge_changed` and has the
        columns `recipient_id`, whose number of unread notifications has changed, and `subject_id`.
        It leaves out the news about what was unread already, under locks, so it is not a guess.
    """
    table = Notification._meta.db_table
    return f"""
    locked_before AS MATERIALIZED (  -- read ones too: the INSERT would take their locks too late
        SELECT n.recipient_id, n.subject_id, n.read_at
        FROM {news} w
        CROSS JOIN LATERAL (SELECT n.recipient_id, n.subject_id, n.read_at FROM {table} n
                            WHERE n.recipient_id = w.recipient_id
                              AND n.subject_kind = '{subject_kind}' AND n.subject_id = w.subject_id
                            LIMIT 1 FOR NO KEY UPDATE) n  -- one after the other, in the order of w
    ),
    notified AS (
        INSERT INTO {table} AS n
            (recipient_id, subject_kind, subject_id, team_id, title, excerpt, url, happened_at)
        SELECT w.recipient_id, '{subject_kind}', w.subject_id, w.team_id,
               left(w.title, {TITLE_MAX}), left(w.excerpt, {EXCERPT_MAX}), w.url,
               clock_timestamp()
        FROM {news} w
        WHERE (SELECT count(*) FROM locked_before) >= 0  -- which takes the locks before this
        ORDER BY w.recipient_id, w.subject_id
        ON CONFLICT (recipient_id, subject_kind, subject_id) DO UPDATE SET
            team_id = excluded.team_id, title = excluded.title, excerpt = excluded.excerpt,
            url = excluded.url, happened_at = excluded.happened_at, read_at = NULL
        RETURNING n.recipient_id, n.subject_id
    ),
    badge_changed AS (
        SELECT t.recipient_id, t.subject_id
        FROM notified t
        LEFT JOIN locked_before b ON b.recipient_id = t.recipient_id
                                 AND b.subject_id = t.subject_id AND b.read_at IS NULL
        WHERE b.recipient_id IS NULL
    )"""


def read_in_statement(seen: str, subject_kind: str) -> str:
    """Common table expressions that do what `mark_read()` does, for many people and subjects.

    Args:
        seen: the name of a preceding expression with the columns `recipient_id` and
            `subject_id`: who has seen all that there is to a subject.
        subject_kind: as for `notify_in_statement`.

    Returns:
        Expressions to stand in a `WITH`. The last one is named `badge_changed` and has the
        columns `recipient_id` and `subject_id`. News that came while the statement waited stay
        unread: their time is another one than the statement saw.
    """
    table = Notification._meta.db_table
    return f"""
    unread AS MATERIALIZED (
        SELECT n.id, n.happened_at
        FROM {table} n
        JOIN {seen} s ON s.recipient_id = n.recipient_id AND s.subject_id = n.subject_id
        WHERE n.subject_kind = '{subject_kind}' AND n.read_at IS NULL
          AND n.recipient_id = ANY (ARRAY(SELECT recipient_id FROM {seen}))  -- by the index
    ),
    unread_locked AS MATERIALIZED (
        SELECT n.id
        FROM {table} n
        WHERE n.id = ANY (ARRAY(SELECT id FROM unread))
        ORDER BY n.recipient_id, n.subject_id
        FOR NO KEY UPDATE
    ),
    badge_changed AS (
        UPDATE {table} n
        SET read_at = clock_timestamp()
        FROM unread u
        WHERE n.id = u.id AND n.id = ANY (ARRAY(SELECT id FROM unread_locked))
          AND n.happened_at = u.happened_at AND n.read_at IS NULL
        RETURNING n.recipient_id, n.subject_id
    )"""
