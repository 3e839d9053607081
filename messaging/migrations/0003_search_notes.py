"""Search in a team's notes: a GIN index on PostgreSQL, an FTS5 table on SQLite.

Like that of messages in migration 0002, which made the functions. The triggers also take the words
of deleted and emptied notes out of the table; a migration that makes `messaging_note` again loses
them and has to run `make` again; a test watches.
"""

from django.db import migrations

INDEX = "CREATE INDEX messaging_note_words ON messaging_note USING gin (trato_words(body))"
FTS5 = [
    "CREATE VIRTUAL TABLE messaging_note_words USING fts5("
    "body, prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO messaging_note_words(rowid, body) "
    "SELECT id, trato_folded(body) FROM messaging_note",
]
ADD = "INSERT INTO messaging_note_words(rowid, body) VALUES (new.id, trato_folded(new.body));"
DROP = "DELETE FROM messaging_note_words WHERE rowid = old.id;"
TRIGGERS = {
    "messaging_note_words_added": f"AFTER INSERT ON messaging_note BEGIN {ADD} END",
    "messaging_note_words_gone": f"AFTER DELETE ON messaging_note BEGIN {DROP} END",
    "messaging_note_words_changed": (
        f"AFTER UPDATE OF body ON messaging_note BEGIN {DROP} {ADD} END"
    ),
}


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(INDEX)
    elif editor.connection.vendor == "sqlite":
        for statement in FTS5:
            editor.execute(statement)
        for name, rest in TRIGGERS.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}")


def unmake(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX messaging_note_words")
    elif editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        editor.execute("DROP TABLE messaging_note_words")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_sql")]
    operations = [migrations.RunPython(make, unmake)]
