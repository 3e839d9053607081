import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0022_message_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being prepared"),
                            ("ready", "Ready"),
                            ("failed", "Not prepared"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("time_zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("stored_as", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
                ),
                (
                    "free_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="free from",
                    ),
                ),
                (
                    "last_sequence",
                    models.PositiveIntegerField(default=0, verbose_name="last message"),
                ),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="revision")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size in bytes")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="expires"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="messaging.conversation",
                        verbose_name="conversation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of a conversation",
                "verbose_name_plural": "exports of conversations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["free_at"],
                        name="exports_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("owner",),
                        name="one_waiting_export_per_person",
                    )
                ],
            },
        ),
    ]
