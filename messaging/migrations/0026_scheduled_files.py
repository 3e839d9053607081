import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0025_hidden_messages")]

    operations = [
        migrations.AddField(
            model_name="file",
            name="scheduled",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="files",
                to="messaging.scheduledmessage",
                verbose_name="scheduled message",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(("scheduled__isnull", False)),
                fields=["scheduled"],
                name="files_scheduled",
            ),
        ),
    ]
