"""The news that shops' members have of their conversations belong to the shop."""

from django.db import migrations

FILL = """
    UPDATE notifications_notification
    SET team_id = (SELECT c.shop_id FROM messaging_conversation c WHERE c.id = subject_id)
    WHERE subject_kind = 'conversation' AND team_id IS NULL
      AND recipient_id <> (SELECT c.consumer_id FROM messaging_conversation c
                           WHERE c.id = subject_id)
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_labels"), ("notifications", "0004_order_team")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
