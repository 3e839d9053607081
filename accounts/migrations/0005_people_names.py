"""A person's name is checked for what passes for another one."""

from django.db import migrations, models

import trato.names


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_undeletable_on_sqlite")]

    operations = [
        migrations.AlterField(
            "user",
            "name",
            models.CharField(
                max_length=60,
                validators=[trato.names.validate_public_name],
                verbose_name="name",
            ),
        ),
    ]
