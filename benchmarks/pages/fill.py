"""Fill an empty, migrated PostgreSQL database with two years of a busy marketplace.

One shop has half of all conversations, and 20 members who were all notified of each. The database
generates the rows from series of numbers. It stores messages in the order of their times, so that a
conversation's messages are as scattered as in real life. The last conversation lasts for the whole
two years.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from . import words

Connection = psycopg.Connection[tuple[Any, ...]]

BIG_SHOP, BIG_SHOP_MEMBERS = 1, 20
OTHER_SHOP_MEMBERS = 2
PRODUCTS_PER_SHOP = 40
PICTURES_PER_PRODUCT = 3
MESSAGES_PER_CONVERSATION = 10  # on average
CONVERSATIONS_PER_SHOPPER = 4
BODIES = 20_000  # different texts; every fifth message also gets a unique number
ENCODED = "pbkdf2_sha256$1$never$never"

STEPS = """
SET maintenance_work_mem = '256MB';
SET session_replication_role = replica; -- the rows below are consistent by themselves
SET synchronous_commit = off;
SELECT setseed(0.5);

INSERT INTO accounts_user (id, password, last_login, is_superuser, email, name, role, is_staff,
                           is_active, date_joined)
SELECT n, '{encoded}', NULL, false, 'person' || n || '@example.com', name,
       CASE WHEN n <= {sellers} THEN 'seller' ELSE 'consumer' END, false, true,
       now() - interval '2 years'
FROM person_name WHERE n <= {sellers} + {shoppers};

INSERT INTO catalog_shop (id, name, name_skeleton, slug, description, city, time_zone, is_verified,
                          created_at)
SELECT n, 'Taller ' || n, 'taller' || n, 'shop-' || n, 'Made by hand.', 'Valencia', 'Europe/Madrid',
       false, now() - interval '2 years'
FROM generate_series(1, {shops}) n;

INSERT INTO catalog_shopmember (shop_id, user_id, role, created_at)
SELECT {big_shop}, n, CASE WHEN n = 1 THEN 'owner' ELSE 'agent' END, now()
FROM generate_series(1, {big_members}) n
UNION ALL
SELECT 2 + (n - {big_members} - 1) / {other_members}, n, 'agent', now()
FROM generate_series({big_members} + 1, {sellers}) n;

INSERT INTO catalog_category (id, name, name_es, slug) VALUES (1, 'Home', 'Hogar', 'home');

INSERT INTO catalog_product (id, shop_id, category_id, title, slug, description, price, currency,
                             stock, published_at, created_at, updated_at)
SELECT n, 1 + (n - 1) / {products}, 1,
       (ARRAY['Speckled bowl', 'Jarrón añil', 'Oak lamp', 'Manta de lana', 'Tetera pequeña',
              'Linen napkins', 'Espejo redondo', 'Walnut spoon'])[1 + n % 8] || ' ' || n,
       'product-' || n, 'Made by hand.', 1000 + n % 9000, 'EUR', 3, now(), now(), now()
FROM generate_series(1, {shops} * {products}) n;

INSERT INTO catalog_productimage (product_id, file, width, height, alt, position)
SELECT n, 'products/picture-' || n || '-' || place || '.jpg', 1200, 1200, 'Seen from a side', place
FROM generate_series(1, {shops} * {products}) n, generate_series(1, {pictures}) place;

-- Every second conversation is with the big shop. A shopper asks about different products.
INSERT INTO messaging_conversation (id, consumer_id, shop_id, product_id, product_title,
    product_price, product_currency, product_image, last_sequence, revision, created_at)
SELECT k, {sellers} + 1 + k / {per_shopper}, product.shop_id, product.id, product.title,
       product.price, 'EUR', '/media/products/picture-' || product.id || '-1.jpg', size, size,
       now() - interval '3 days' - interval '2 years'
       * CASE WHEN k = {conversations} THEN 1 ELSE power(random(), 1.5) END
FROM (
    SELECT k, CASE WHEN k = {conversations} THEN {longest} ELSE
               (ARRAY[1, 2, 3, 4, 6, 8, 10, 14, 20, 32])[1 + (k / 2 + k % 2 * 5) % 10] END AS size,
           CASE WHEN k % 2 = 0 THEN 0 ELSE {products} * (1 + k / 2 % ({shops} - 1)) END
           + 1 + k / 2 % {products} AS product_id
    FROM generate_series(1, {conversations}) k
) planned
JOIN catalog_product product ON product.id = product_id;

CREATE TEMP TABLE answering AS
SELECT c.id AS conversation_id,
       (SELECT array_agg(user_id) FROM catalog_shopmember WHERE shop_id = c.shop_id) AS members
FROM messaging_conversation c;

INSERT INTO messaging_message (conversation_id, sequence, revision, client_id, sender_id, side,
                               body, created_at)
SELECT c.id, sequence, sequence, gen_random_uuid(),
       CASE WHEN asks THEN c.consumer_id
            ELSE members[1 + (c.id + sequence) % cardinality(members)] END,
       CASE WHEN asks THEN 'consumer' ELSE 'seller' END,
       text.body || CASE WHEN random() < 0.2 THEN ' ' || (c.id * 100 + sequence) ELSE '' END,
       at
FROM (
    SELECT c.id, c.consumer_id, sequence, sequence % 2 = 1 AS asks,
           c.created_at + c.span * (sequence - 0.9 * random()) / c.last_sequence AS at,
           1 + floor(random() * {bodies})::int AS body_number
    FROM (SELECT *, CASE WHEN id = {conversations} THEN interval '2 years'
                         ELSE interval '3 days' * random() END AS span
          FROM messaging_conversation) c,
         generate_series(1, c.last_sequence) sequence
) c
JOIN answering ON conversation_id = c.id
JOIN body text ON text.n = body_number
ORDER BY at;

UPDATE messaging_conversation c
SET last_message_at = m.created_at, last_message_hour = date_trunc('hour', m.created_at, 'UTC')
FROM messaging_message m WHERE m.conversation_id = c.id AND m.sequence = c.last_sequence;

-- A third of all that wait is of the last 60 days; most older ones are settled.
UPDATE messaging_conversation c
SET turn = CASE WHEN last_sequence % 2 = 1 THEN 'seller' ELSE 'consumer' END,
    waiting_since = last_message_at
WHERE last_message_at > now() - interval '60 days' OR id % 20 = 0;

INSERT INTO messaging_lane (conversation_id, shop_id, turn, waiting_since, hour)
SELECT id, shop_id, turn, waiting_since, last_message_hour FROM messaging_conversation;

INSERT INTO messaging_lanecount (shop_id, for_consumer, for_seller, settled)
SELECT shop_id, count(*) FILTER (WHERE turn = 'consumer'),
       count(*) FILTER (WHERE turn = 'seller'), count(*) FILTER (WHERE turn = '')
FROM messaging_conversation GROUP BY shop_id;

INSERT INTO messaging_participant (conversation_id, user_id, side, last_read_sequence)
SELECT id, consumer_id, 'consumer', last_sequence FROM messaging_conversation
UNION ALL
SELECT c.id, user_id, 'seller', c.last_sequence - c.last_sequence % 2
FROM messaging_conversation c JOIN answering ON conversation_id = c.id,
     LATERAL unnest(members[1:3]) user_id;

-- The big shop uses labels, assigns every fifth conversation, some to a person who has left, and
-- each seller has own marks.
UPDATE messaging_conversation SET assignee_id = 1 + id % ({big_members} + 1)
WHERE shop_id = 1 AND id % 5 = 0;

INSERT INTO messaging_label (id, shop_id, name, folded_name, colour)
SELECT n, 1, 'label ' || n, 'label ' || n, 'teal' FROM generate_series(1, 3) n;

INSERT INTO messaging_conversationlabel (conversation_id, label_id)
SELECT c.id, n FROM messaging_conversation c, generate_series(1, 3) n
WHERE c.shop_id = 1 AND c.id % (4 * n * n * n) = 0;

UPDATE messaging_participant
SET starred_at = CASE WHEN conversation_id % 50 = 0 THEN now() END,
    archived_sequence = CASE WHEN conversation_id % 90 = 0 THEN last_read_sequence + 1 END
WHERE side = 'seller' AND (conversation_id % 50 = 0 OR conversation_id % 90 = 0);

INSERT INTO notifications_news (subject_kind, subject_id, team_id, title, excerpt, url, happened_at)
SELECT 'conversation', id, shop_id, 'Somebody asks', 'Is it still available?',
       '/conversation/' || id || '/', last_message_at
FROM messaging_conversation ORDER BY last_message_at;

INSERT INTO notifications_news (subject_kind, subject_id, team_id, title, excerpt, url, happened_at)
SELECT 'conversation', id, 0, 'The shop answers', 'Yes, it is.',
       '/conversation/' || id || '/', last_message_at
FROM messaging_conversation WHERE last_sequence > 1 ORDER BY last_message_at;

-- Everyone of a shop was told; 2% of it all, and most of the last days, nobody has read.
INSERT INTO notifications_notification (recipient_id, news_id, team_id, read_at)
SELECT user_id, news.id, news.team_id,
       CASE WHEN random() > 0.02 AND rank > {conversations} / 200 THEN now() END
FROM (SELECT *, row_number() OVER (ORDER BY happened_at DESC) AS rank
      FROM notifications_news WHERE team_id <> 0) news
JOIN answering ON conversation_id = news.subject_id, LATERAL unnest(members) user_id
ORDER BY news.happened_at;

INSERT INTO notifications_notification (recipient_id, news_id, team_id, read_at)
SELECT c.consumer_id, news.id, 0, CASE WHEN random() > 0.3 THEN now() END
FROM notifications_news news JOIN messaging_conversation c ON c.id = news.subject_id
WHERE news.team_id = 0
ORDER BY news.happened_at;

-- Staff have a case for every tenth message, half of them open.
INSERT INTO messaging_report (message_id, blamed_person_id, reporter_id, visitor_name,
    visitor_email, visitor_language, product_title, person_name, is_set_aside, reason, words,
    created_at, outcome, done, resolved_at)
SELECT m.id, m.sender_id, c.consumer_id, '', '', '', '', '', false, 'spam', 'Again and again.',
       m.created_at, CASE WHEN m.id % 20 = 0 THEN 'dismissed' ELSE '' END, '',
       CASE WHEN m.id % 20 = 0 THEN m.created_at END
FROM messaging_message m JOIN messaging_conversation c ON c.id = m.conversation_id
WHERE m.id % 10 = 0;

INSERT INTO messaging_case (kind, subject, conversation_id, person_id, severity, count, opened_at,
                            closed_at)
SELECT 'report', 'message:' || id, conversation_id, sender_id, id / 10 % 4, 1, created_at,
       CASE WHEN id % 20 = 0 THEN created_at + interval '1 hour' END
FROM messaging_message WHERE id % 10 = 0;

SET session_replication_role = origin;
"""

SEQUENCES = (
    "accounts_user",
    "catalog_shop",
    "catalog_product",
    "messaging_conversation",
)


@dataclass(frozen=True)
class Size:
    """The number of rows of each kind, from the number of messages."""

    messages: int

    @property
    def conversations(self) -> int:
        return self.messages // MESSAGES_PER_CONVERSATION

    @property
    def longest(self) -> int:
        """The number of messages in the last conversation, which the big shop has."""
        return 50_000 if self.messages >= 500_000 else 100

    @property
    def shops(self) -> int:
        return max(3, self.conversations // 500)

    @property
    def sellers(self) -> int:
        return BIG_SHOP_MEMBERS + OTHER_SHOP_MEMBERS * (self.shops - 1)

    @property
    def shoppers(self) -> int:
        return self.conversations // CONVERSATIONS_PER_SHOPPER + 1


def fill(address: str, size: Size) -> None:
    """Fill the database with this URL, whose tables are empty."""
    with psycopg.connect(address, autocommit=True) as connection:
        # A bulk load is faster without these indexes. Constraints keep theirs.
        indexes = _indexes(connection)
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        _copy(connection, "body", "body", words.bodies(BODIES))
        _copy(connection, "person_name", "name", words.names(size.sellers + size.shoppers))
        connection.execute(
            STEPS.format(
                encoded=ENCODED,
                big_shop=BIG_SHOP,
                big_members=BIG_SHOP_MEMBERS,
                other_members=OTHER_SHOP_MEMBERS,
                products=PRODUCTS_PER_SHOP,
                pictures=PICTURES_PER_PRODUCT,
                per_shopper=CONVERSATIONS_PER_SHOPPER,
                bodies=BODIES,
                conversations=size.conversations,
                longest=size.longest,
                shops=size.shops,
                sellers=size.sellers,
                shoppers=size.shoppers,
            )
        )
        for _, definition in indexes:
            connection.execute(definition)
        for table in SEQUENCES:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        connection.execute("VACUUM ANALYZE")


def _indexes(connection: Connection) -> list[tuple[str, str]]:
    """Return the indexes that can be dropped during the load: names and definitions."""
    rows = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes "
        "WHERE (tablename LIKE 'messaging_%' OR tablename LIKE 'notifications_%' "
        "OR indexdef LIKE '%trato_words%') AND indexdef NOT LIKE '%UNIQUE%'"
    )
    return rows.fetchall()


def _copy(connection: Connection, table: str, column: str, texts: Iterator[str]) -> None:
    """Create a temporary table of numbered texts, starting at 1."""
    connection.execute(f"CREATE TEMP TABLE {table} (n serial PRIMARY KEY, {column} text)")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({column}) FROM STDIN") as copy,
    ):
        for text in texts:
            copy.write_row((text,))
    connection.execute(f"ANALYZE {table}")
