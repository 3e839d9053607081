"""Helpers for sockets inside the test's process."""

import asyncio
import json
import uuid
from typing import Any

from messaging.models import Conversation
from tests.patience import PATIENCE

Socket = Any  # channels has no types


async def send(socket: Socket, **frame: Any) -> None:
    await socket.send_to(text_data=json.dumps(frame))


async def next_frame(socket: Socket, *kinds: str) -> dict[str, Any]:
    """Return the next frame of one of the given types; skip frames of other types."""
    async with asyncio.timeout(PATIENCE):
        while True:
            frame: dict[str, Any] = json.loads(await socket.receive_from(PATIENCE))
            if frame["type"] in kinds:
                return frame


async def closed_with(socket: Socket) -> int:
    """Return the code with which the server closes the socket; skip all frames."""
    async with asyncio.timeout(PATIENCE):
        while True:
            output = await socket.receive_output(PATIENCE)
            if output["type"] == "websocket.close":
                code: int = output["code"]
                return code


async def receives_nothing(socket: Socket) -> bool:
    """Whether no frame is waiting after everything in flight has arrived."""
    return bool(await socket.receive_nothing(timeout=0.3))


def message_frame(conversation: Conversation, body: str = "Hello", **extra: Any) -> dict[str, Any]:
    return {
        "type": "message.send",
        "conversation": conversation.pk,
        "client_id": str(uuid.uuid4()),
        "body": body,
        **extra,
    }
