"""Searches fold a text alike on both databases: no case, no accents, ß as ss, Ł as l, İ as i.

PostgreSQL: letters are made small by ICU's rules where the server has these, because its own know
ASCII alone where the database's character type is C. A text of ASCII alone takes a short way.

SQLite: its tokenizer knows neither ß nor ł, so the triggers give it words that are folded already,
by the function that `messaging.apps` adds to each connection. The table keeps its own copy of them.
"""

from importlib import import_module

from django.db import migrations

search = import_module("messaging.migrations.0003_search")

FOLDED = (
    "translate(lower({schema}.unaccent('{schema}.unaccent'::regdictionary, body)"
    "{collation}), 'ς', 'σ')"
)
FUNCTIONS = """
CREATE OR REPLACE FUNCTION trato_folded(body text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 20 AS $$
BEGIN
    IF octet_length(body) = char_length(body) THEN
        RETURN lower(body COLLATE "C");
    END IF;
    RETURN {folded};
END $$;

CREATE OR REPLACE FUNCTION trato_words(body text) RETURNS tsvector
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
ADD = "INSERT INTO messaging_words(rowid, body) VALUES (new.id, trato_folded(new.body));"
DROP = "DELETE FROM messaging_words WHERE rowid = old.id;"
TRIGGERS = {
    "messaging_words_added": f"AFTER INSERT ON messaging_message BEGIN {ADD} END",
    "messaging_words_gone": f"AFTER DELETE ON messaging_message BEGIN {DROP} END",
    "messaging_words_changed": f"AFTER UPDATE OF body ON messaging_message BEGIN {DROP} {ADD} END",
}


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        schema = editor.quote_name(search._schema_of_unaccent(editor.connection))
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_collation WHERE collname = 'und-x-icu'")
            collation = ' COLLATE "und-x-icu"' if cursor.rowcount else ""
        folded = FOLDED.format(schema=schema, collation=collation)
        _replace(editor, FUNCTIONS.format(folded=folded))
    elif editor.connection.vendor == "sqlite":
        search.unmake(apps, editor)
        for statement in FTS5:
            editor.execute(statement)
        for name, rest in TRIGGERS.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}")


def unmake(apps, editor):
    if editor.connection.vendor == "postgresql":
        schema = editor.quote_name(search._schema_of_unaccent(editor.connection))
        before = search.FUNCTIONS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        _replace(editor, before.format(schema=schema))
    elif editor.connection.vendor == "sqlite":
        search.unmake(apps, editor)
        search.make(apps, editor)


def _replace(editor, functions):
    editor.execute(functions)
    for name in search.GIN:
        editor.execute(f"REINDEX INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_order_team_news")]
    operations = [migrations.RunPython(make, unmake)]
