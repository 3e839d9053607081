from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def restore_triggers(apps, editor):
    """Give SQLite's table the triggers of the search, which it loses where Django copies it."""
    if editor.connection.vendor == "sqlite":
        for name, rest in import_module("messaging.migrations.0002_sql").TRIGGERS.items():
            editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            editor.execute(f"CREATE TRIGGER {name} {rest}")


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0021_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name="message",
            name="edited_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="`MessageVersion` has the earlier texts.",
                null=True,
                verbose_name="edited",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="is_reacted",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="has reactions"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="quote",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The number of the message that it quotes.",
                null=True,
                verbose_name="quotes",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="withdrawn"
            ),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
        migrations.CreateModel(
            name="MessageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="replaced")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier text of a message",
                "verbose_name_plural": "earlier texts of messages",
                "ordering": ("message", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "number"), name="one_version_per_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reaction",
                    models.CharField(
                        choices=[
                            ("🙏", "Thank you"),
                            ("👍", "Yes"),
                            ("❤️", "Love it"),
                            ("😄", "Funny"),
                            ("😮", "Surprised"),
                            ("😢", "Sorry"),
                        ],
                        max_length=8,
                        verbose_name="reaction",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "user"), name="one_reaction_per_message_and_person"
                    )
                ],
            },
        ),
    ]
