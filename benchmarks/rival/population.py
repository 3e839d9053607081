"""People, conversations and sessions for the rival: `python -m benchmarks.rival.population 50`."""

import json
import sys
from typing import Any

import django


def main(pairs: int) -> list[dict[str, Any]]:
    """Fill an empty database; gives each conversation with the sessions of its two people."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from benchmarks.population import sessions_of

    from .models import Conversation

    call_command("migrate", verbosity=0)
    people = get_user_model().objects.bulk_create(
        get_user_model()(username=f"person{number}", password="!") for number in range(2 * pairs)
    )
    conversations = Conversation.objects.bulk_create(Conversation() for _ in range(pairs))
    Conversation.participants.through.objects.bulk_create(
        Conversation.participants.through(
            conversation_id=conversations[number // 2].pk, user_id=person.pk
        )
        for number, person in enumerate(people)
    )
    keys = sessions_of(people)
    return [
        {"conversation": conversation.pk, "cookies": keys[2 * number : 2 * number + 2]}
        for number, conversation in enumerate(conversations)
    ]


if __name__ == "__main__":
    django.setup()
    json.dump(main(int(sys.argv[1])), sys.stdout)
