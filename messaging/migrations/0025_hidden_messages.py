from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0024_presence")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", False)),
                fields=["removed_at"],
                name="messages_removed",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["withdrawn_at"],
                name="messages_withdrawn",
            ),
        ),
    ]
