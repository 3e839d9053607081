"""A database of an older version is refused with a message, before a migration fails."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db
def test_an_older_database_is_refused_in_words() -> None:
    call_command("check_history")
    MigrationRecorder.Migration.objects.create(app="messaging", name="0004_labels")
    with pytest.raises(CommandError, match="run `make clean`"):
        call_command("check_history")


@pytest.mark.django_db
def test_apps_of_others_that_are_gone_do_not_matter() -> None:
    MigrationRecorder.Migration.objects.create(app="reviews", name="0001_initial")
    call_command("check_history")


@pytest.mark.django_db
def test_a_database_whose_migrations_were_rewritten_says_so() -> None:
    call_command("check_history")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_scheduledmessage RENAME COLUMN quote TO other")
    with pytest.raises(CommandError, match=r"messaging_scheduledmessage has no quote.*make clean"):
        call_command("check_history")
