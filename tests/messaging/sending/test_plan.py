"""PostgreSQL's plan for storing a batch."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from benchmarks.trato import population
from catalog.models import Shop, ShopMember
from messaging.models import (
    AlertChoice,
    Decision,
    Message,
    MessageVersion,
    Sanction,
    TeamRules,
)
from messaging.sending.statement import send_statement

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

PAIRS = 1500  # enough rows that an index is cheaper than a sequential scan


def test_a_batch_reads_no_table_from_end_to_end() -> None:
    pairs = population.fill(PAIRS)
    # PostgreSQL would rather scan an empty table.
    TeamRules.objects.bulk_create(TeamRules(shop=shop) for shop in Shop.objects.all())
    AlertChoice.objects.bulk_create(
        AlertChoice(shop_id=row.shop_id, user_id=row.user_id, level="mine")
        for row in ShopMember.objects.all()
    )
    MessageVersion.objects.bulk_create(
        MessageVersion(message_id=pk, number=1, body="", created_at=timezone.now())
        for pk in Message.objects.values_list("pk", flat=True)[:1000]
    )
    decisions = Decision.objects.bulk_create(
        Decision(
            person_id=pk,
            measure="mute",
            scope="account",
            facts="x",
            source="look",
            ground="terms",
            clause="x",
            explanation="x",
            decided_by_id=pk,
        )
        for pk in User.objects.values_list("pk", flat=True)[:1000]
    )
    Sanction.objects.bulk_create(
        Sanction(
            person_id=one.person_id,
            decision=one,
            kind="mute",
            ends_at=timezone.now() + timedelta(days=1),
        )
        for one in decisions
    )
    attempts = [
        {
            "conversation_id": pair["conversation"],
            "sender_id": 1,
            "sender_name": "",
            "client_id": str(uuid.uuid4()),
            "body": "",
            "excerpt": "",
            "url": "",
            "allowed": True,
        }
        for pair in pairs[:25]
    ]
    statement, constants = send_statement()
    text = re.sub(r"\$\d+", "%s", statement.replace("%", "%%"))
    parameters = [json.dumps(attempts), *(constant.decode() for constant in constants)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"EXPLAIN {text}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "one_message_per_client_id" in plan
    assert "sanctions_in_force" in plan
    assert re.findall(r"Seq Scan on (\w+)", plan) == []
