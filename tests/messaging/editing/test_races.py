"""Several people change one message at the same time: each change counts once, in some order."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from accounts.models import User
from messaging.editing.actions import edit, withdraw
from messaging.models import Conversation, Message, MessageVersion, Reaction
from messaging.reactions.actions import react
from tests.rulings import remove_message
from tests.said import say
from tests.threads import in_threads
from trato.errors import AlreadyDone, Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_edits_withdraws_removals_and_reactions_take_turns(
    shopper: User, seller: User, colleague: User, moderator: User, conversation: Conversation
) -> None:
    said = say(shopper, conversation, "Version 0")
    say(seller, conversation, "Meanwhile")
    changes: list[Any] = []

    place = conversation.pk, 1
    acts: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (edit, (shopper, *place, "Version 1")),
        (edit, (shopper, *place, "Version 2")),
        (react, (seller, *place, "👍")),
        (react, (colleague, *place, "🙏")),
        (react, (seller, *place, "🙏")),
        (withdraw, (shopper, *place)),
        (withdraw, (shopper, *place)),
        (remove_message, (moderator, said.pk, "why")),
    ]
    waiting = list(acts)

    def do_one() -> None:
        act, values = waiting.pop()
        with suppress(Refused, AlreadyDone):
            done = act(*values)
            if not isinstance(done, tuple) or done[1]:
                changes.append(act)

    in_threads(len(acts), do_one)
    conversation.refresh_from_db()
    assert conversation.revision == 2 + len(changes)
    said.refresh_from_db()
    assert said.revision == conversation.revision
    assert said.is_hidden
    assert changes.count(withdraw) <= 1
    assert changes.count(remove_message) == 1
    texts = [*MessageVersion.objects.order_by("number").values_list("body", flat=True), said.body]
    assert len(texts) == len(set(texts)) == 1 + changes.count(edit)
    assert texts[0] == "Version 0"
    assert Reaction.objects.count() == len({*Reaction.objects.values_list("user", flat=True)})
    assert Message.objects.get(sequence=2).revision == 2
