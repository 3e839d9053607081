import uuid
from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def restore_triggers(apps, editor):
    """Give SQLite's new table the triggers of the search."""
    if editor.connection.vendor == "sqlite":
        for name, rest in import_module("messaging.migrations.0002_sql").TRIGGERS.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}")


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0020_scheduled_at_opening"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The other way, SQLite copies the table after this.
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name="message",
            name="attached",
            field=models.CharField(
                blank=True,
                choices=[
                    ("photo", "Photo"),
                    ("photos", "Photos"),
                    ("document", "Document"),
                    ("files", "Files"),
                ],
                db_default="",
                default="",
                max_length=8,
                verbose_name="files",
            ),
        ),
        # To add a column, SQLite copies the table and loses its triggers.
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
        migrations.CreateModel(
            name="File",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.UUIDField(verbose_name="client ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[("image", "Picture"), ("pdf", "PDF")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "alt",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="description (alt text)"
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                ("width", models.PositiveIntegerField(default=0, verbose_name="width")),
                ("height", models.PositiveIntegerField(default=0, verbose_name="height")),
                ("stored_as", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("extension", models.CharField(editable=False, max_length=8)),
                ("is_ready", models.BooleanField(default=False, verbose_name="completely stored")),
                (
                    "held_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="last needed",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="messaging.conversation",
                        verbose_name="conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "ordering": ("message", "position"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("message", None)),
                        fields=["held_at"],
                        name="files_not_sent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "conversation", "client_id"), name="one_file_per_client_id"
                    )
                ],
            },
        ),
    ]
