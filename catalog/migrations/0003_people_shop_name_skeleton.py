"""A shop's name is stored beside its skeleton, so that no other shop's name looks like it."""

from typing import Any

from django.db import migrations, models

import trato.names


def fill(apps: Any, schema_editor: Any) -> None:
    """Of shops that look alike already, the oldest keeps the skeleton."""
    taken: set[str] = set()
    for shop in apps.get_model("catalog", "Shop").objects.order_by("pk"):
        value = trato.names.skeleton(shop.name)
        if value in taken:
            value = f"{value[:200]}#{shop.pk}"
        taken.add(value)
        # Past the field, which would compute it again.
        schema_editor.execute(
            "UPDATE catalog_shop SET name_skeleton = %s WHERE id = %s", [value, shop.pk]
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_labels")]

    operations = [
        migrations.AddField(
            "shop", "name_skeleton", trato.names.SkeletonField(default="", of="name")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "shop", "name_skeleton", trato.names.SkeletonField(of="name", unique=True)
        ),
        migrations.AlterField(
            "shop",
            "name",
            models.CharField(
                max_length=60,
                unique=True,
                validators=[trato.names.validate_public_name],
                verbose_name="name",
            ),
        ),
    ]
