"""A client's knowledge about its own messages that are being checked."""

import asyncio
from collections.abc import Awaitable, Callable

Ask = Callable[..., Awaitable[tuple[int, bytes]]]  # see `Files.ask`


class HeldMessages:
    """Remembers which messages are held, and withdraws some of them.

    Args:
        ask: makes a request.
        note: adds an event to the history.
    """

    def __init__(self, ask: Ask, note: Callable[..., None]) -> None:
        self._ask, self._note = ask, note
        self._waiting: dict[str, int] = {}  # conversations, by `client_id`

    def add(self, client_id: str, conversation: int) -> None:
        self._note("held", conversation=conversation, client_id=client_id)
        self._waiting[client_id] = conversation

    def reject(self, client_id: str, conversation: int) -> None:
        self._note("rejected", conversation=conversation, client_id=client_id)
        self._waiting.pop(client_id, None)

    def deliver(self, client_id: str) -> bool:
        """Forget a message that is now in the log; return whether it was held."""
        return self._waiting.pop(client_id, None) is not None

    async def take_back(self, client_id: str, delay: float) -> None:
        """Try to withdraw one after some seconds. It may be delivered at the same moment."""
        await asyncio.sleep(delay)
        conversation = self._waiting.get(client_id)
        if conversation is None:
            return
        told = {"conversation": conversation, "client_id": client_id}
        self._note("withdrawing", **told)
        path = f"/conversation/{conversation}/held/{client_id}/"
        status, _content = await self._ask("POST", path, b"")
        if status == 200:
            self._note("withdrawn", **told)
        if status in (200, 404):
            self._waiting.pop(client_id, None)
