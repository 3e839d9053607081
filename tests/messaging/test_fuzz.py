"""Whatever a client sends: a frame is either valid or refused, and the socket stays open."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from messaging import client_frames
from messaging.models import Conversation, Message
from tests.whole import tries
from trato.errors import Refused

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
kinds = st.sampled_from(
    [
        "message.send",
        "message.edit",
        "message.withdraw",
        "reaction.set",
        "conversation.open",
        "conversation.close",
        "conversation.read",
        "typing",
    ]
)
near_misses = st.fixed_dictionaries(
    {"type": kinds | st.text()},
    optional={
        "conversation": st.integers() | anything,
        "client_id": st.uuids().map(str) | st.text(),
        "body": st.text() | anything,
        "quote": st.integers() | anything,
        "reaction": st.text() | anything,
        "since": st.integers() | anything,
        "sequence": st.integers() | anything,
        "stopped": st.booleans() | anything,
        "more": anything,
    },
)


@settings(max_examples=tries(50), deadline=None)
@given(st.text() | anything.map(json.dumps) | near_misses.map(json.dumps))
def test_the_decoder_returns_a_frame_or_refuses(text: str) -> None:
    try:
        frame = client_frames.decode(text)
    except Refused:
        client_frames.client_id_of(text)  # must not fail either
    else:
        assert isinstance(frame, client_frames.ClientFrame)
        assert msgspec.json.decode(msgspec.json.encode(frame))["type"] == json.loads(text)["type"]


@pytest.mark.django_db(transaction=True)
async def test_a_socket_outlives_a_hundred_frames_of_nonsense(
    shopper: User, conversation: Conversation, socket_of: Any, settings: Any
) -> None:
    settings.SOCKET_BAD_FRAMES_PER_MINUTE = 1000
    socket = await socket_of(shopper)
    await socket.receive_from(5)
    frames: list[str] = []

    @given(near_misses.map(json.dumps) | st.text())
    @settings_for_collecting
    def collect(text: str) -> None:
        frames.append(text)

    collect()
    for text in frames[:100]:
        await socket.send_input({"type": "websocket.receive", "text": text})
    frame = {"type": "message.send", "conversation": conversation.pk, "body": "Still here"}
    client_id = "0190f1a2-0000-4000-8000-000000000001"
    await socket.send_to(text_data=json.dumps({**frame, "client_id": client_id}))
    while True:
        heard = json.loads(await socket.receive_from(10))
        if heard["type"] == "message.accepted":
            break
    assert heard["client_id"] == client_id
    assert await Message.objects.acount() == 1


settings_for_collecting = settings(max_examples=tries(40), deadline=None, database=None)
