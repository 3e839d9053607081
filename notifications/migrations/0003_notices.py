"""What isn't a message is counted apart from messages, by the same index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_sql")]

    operations = [
        migrations.RemoveIndex(model_name="notification", name="notifications_of_recipient"),
        migrations.AddField(
            model_name="notification",
            name="is_notice",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether the news is about anything but a conversation.",
                verbose_name="notice",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["recipient", "read_at"],
                include=("team_id", "is_notice"),
                name="notifications_of_recipient",
            ),
        ),
    ]
