"""What Django has no words for: search, and room on PostgreSQL's pages.

Search looks words up in a GIN index on PostgreSQL, in an FTS5 table on SQLite.

Both fold a text alike: no case, no accents, ß as ss, Ł as l, İ as i.

PostgreSQL: `trato_words` is what both the indexes and the queries call, so that both read a text
alike; `trato_folded` is a quick first look, because whatever has a word has its letters. `unaccent`
comes first because it also turns ¿, « and … into plain punctuation, which PostgreSQL's parser takes
for letters where the database's character type is C. Letters are made small by ICU's rules where
the server has these, because its own know only ASCII where the character type is C. A text of ASCII
takes a short way. Punctuation that would hold an address, a path or a tag together as one word
becomes a space. The functions count as immutable as long as nobody edits the server's
`unaccent.rules`; after that, REINDEX.

Each page of conversations keeps some room, so that a new version of a row fits beside the old one
and no index has to be told of it.

SQLite: its tokenizer knows neither ß nor ł, so the triggers give it words that are folded already,
by the function that `messaging.apps` adds to each connection. A later migration that makes
`messaging_message` again there (Django does so for most changes of a table) loses them and has to
run `make` again; a test watches.
"""

from django.conf import settings
from django.db import DatabaseError, migrations, transaction

UNACCENT_MISSING = (
    "Search needs PostgreSQL's extension `unaccent` (package postgresql-contrib), and this "
    "database user may not create it. As an owner of the database run, once: "
    "CREATE EXTENSION unaccent;"
)
FOLDED = (
    "translate(lower({schema}.unaccent('{schema}.unaccent'::regdictionary, body)"
    "{collation}), 'ς', 'σ')"
)
FUNCTIONS = """
CREATE FUNCTION trato_folded(body text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 20 AS $$
BEGIN
    IF octet_length(body) = char_length(body) THEN
        RETURN lower(body COLLATE "C");
    END IF;
    RETURN {folded};
END $$;

CREATE FUNCTION trato_words(body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    IF octet_length(body) = char_length(body) THEN
        body := lower(body COLLATE "C");
    ELSE
        body := {folded};
    END IF;
    body := replace(replace(replace(replace(body, '.', ' '), '/', ' '), '-', ' '), '_', ' ');
    body := replace(replace(replace(body, '@', ' '), '<', ' '), '&', ' ');
    RETURN to_tsvector('pg_catalog.simple'::regconfig, body);
END $$
"""
FTS5 = [
    "CREATE VIRTUAL TABLE messaging_words USING fts5("
    "body, prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO messaging_words(rowid, body) SELECT id, trato_folded(body) FROM messaging_message",
]
ROOM = "ALTER TABLE messaging_conversation SET (fillfactor = 80)"
ADD = "INSERT INTO messaging_words(rowid, body) VALUES (new.id, trato_folded(new.body));"
DROP = "DELETE FROM messaging_words WHERE rowid = old.id;"
TRIGGERS = {
    "messaging_words_added": f"AFTER INSERT ON messaging_message BEGIN {ADD} END",
    "messaging_words_gone": f"AFTER DELETE ON messaging_message BEGIN {DROP} END",
    "messaging_words_changed": f"AFTER UPDATE OF body ON messaging_message BEGIN {DROP} {ADD} END",
}


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(ROOM)
        editor.execute(FUNCTIONS.format(folded=_folded(editor)))
        for name, table, column in _indexes(apps):
            table, column = editor.quote_name(table), editor.quote_name(column)
            editor.execute(f"CREATE INDEX {name} ON {table} USING gin (trato_words({column}))")
    elif editor.connection.vendor == "sqlite":
        for statement in FTS5:
            editor.execute(statement)
        for name, rest in TRIGGERS.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}")


def unmake(apps, editor):
    if editor.connection.vendor == "postgresql":
        for name, _table, _column in _indexes(apps):
            editor.execute(f"DROP INDEX {name}")
        editor.execute("DROP FUNCTION trato_words(text), trato_folded(text)")
    elif editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        editor.execute("DROP TABLE messaging_words")


def _indexes(apps):
    """The names of the indexes, each with its table and column."""
    person = apps.get_model(settings.AUTH_USER_MODEL)._meta
    return [
        ("messaging_message_words", "messaging_message", "body"),
        ("messaging_conversation_words", "messaging_conversation", "product_title"),
        (
            "messaging_people_words",
            person.db_table,
            person.get_field(settings.PERSON_NAME_FIELD).column,
        ),
    ]


def _folded(editor):
    schema = editor.quote_name(_schema_of_unaccent(editor.connection))
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_collation WHERE collname = 'und-x-icu'")
        collation = ' COLLATE "und-x-icu"' if cursor.rowcount else ""
    return FOLDED.format(schema=schema, collation=collation)


def _schema_of_unaccent(connection):
    """Where the extension lives; it is created if it is not there yet."""
    where = (
        "SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
        "WHERE extname = 'unaccent'"
    )
    with connection.cursor() as cursor:
        cursor.execute(where)
        operator = cursor.fetchone()
        if operator is None:
            try:
                with transaction.atomic(using=connection.alias):
                    cursor.execute("CREATE EXTENSION unaccent")
            except DatabaseError as error:
                raise RuntimeError(UNACCENT_MISSING) from error
            cursor.execute(where)
            operator = cursor.fetchone()
    return operator[0]


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(make, unmake)]
