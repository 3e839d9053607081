"""News for the members of a shop say so; the index of the unread ones has it too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_labels")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="team_id",
            field=models.BigIntegerField(
                blank=True,
                editable=False,
                help_text=(
                    "The shop as whose member the recipient was told; empty for the person's own."
                ),
                null=True,
                verbose_name="number of the shop",
            ),
        ),
        migrations.RemoveIndex(model_name="notification", name="notifications_unread"),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["recipient", "-happened_at"],
                include=["team_id"],
                name="notifications_unread",
            ),
        ),
    ]
