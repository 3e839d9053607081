"""Messages to check with a rule."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from messaging import actions
from messaging.models import Conversation
from messaging.records import Held, Sent
from messaging.rules.confirmations import Questioned

PHONE = "Call me at 612 345 678, please"
MASKED = "Call me at •••, please"
SCAM = "Please send me the six-digit code that you got by text message"


def send(person: User, talk: Conversation, body: str = PHONE, **more: Any) -> Sent | Held:
    return actions.send(person, talk.pk, more.pop("client_id", uuid.uuid4()), body, **more)


def question(person: User, talk: Conversation, body: str = PHONE, **more: Any) -> Questioned:
    with pytest.raises(Questioned) as raised:
        send(person, talk, body, **more)
    return raised.value
