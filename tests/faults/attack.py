"""Malicious clients, in a separate process: `python -m tests.faults.attack`.

Ten clients do the same for some seconds, and reconnect whenever they are disconnected. Prints the
outcome of each attempt as JSON: the close code, or another reason.
"""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

ATTACKERS = 10


@dataclass(frozen=True)
class Target:
    """The server, the session, and a conversation of that person."""

    address: str
    cookie: str
    conversation: int


Attack = Callable[[Target], Awaitable[str]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.attack")
    parser.add_argument("name", choices=ATTACKS)
    parser.add_argument("address")
    parser.add_argument("cookie")
    parser.add_argument("conversation", type=int)
    parser.add_argument("seconds", type=float)
    options = parser.parse_args()
    target = Target(options.address, options.cookie, options.conversation)
    ends = asyncio.run(attack_together(ATTACKS[options.name], target, options.seconds))
    print(json.dumps(ends))  # noqa: T201


async def attack_together(attack: Attack, target: Target, seconds: float) -> list[str]:
    ends: list[str] = []
    attackers = [asyncio.create_task(repeat(attack, target, ends)) for _ in range(ATTACKERS)]
    await asyncio.sleep(seconds)
    ends += ["still there at the end"] * sum(not attacker.done() for attacker in attackers)
    for attacker in attackers:
        attacker.cancel()
    await asyncio.gather(*attackers, return_exceptions=True)
    return ends


async def repeat(attack: Attack, target: Target, ends: list[str]) -> None:
    """Attack until cancelled, and note how each attempt ended."""
    while True:
        try:
            ends.append(await attack(target))
        except ConnectionClosed as closed:
            ends.append(str(closed.rcvd.code if closed.rcvd else 1006))
        # The library raises AttributeError if the connection is cut while it writes.
        except (OSError, WebSocketException, TimeoutError, AttributeError) as error:
            ends.append(type(error).__name__)
        await asyncio.sleep(0.2)


def _line(target: Target) -> connect:
    return connect(
        f"{target.address}/ws/",
        origin="http://127.0.0.1",  # type: ignore[arg-type]
        additional_headers={"Cookie": f"sessionid={target.cookie}"},
        compression=None,
        ping_interval=None,
        max_queue=1,
        close_timeout=1,
        proxy=None,
    )


async def _read_slowly(target: Target) -> str:
    """Request page after page without reading; then read everything to get the close code."""
    async with _line(target) as socket:
        socket.transport.pause_reading()
        for _ in range(40):
            await socket.send(
                json.dumps(
                    {"type": "conversation.open", "conversation": target.conversation, "since": 1}
                )
            )
            await asyncio.sleep(0.05)
        socket.transport.resume_reading()
        return await _end_of(socket)


async def _flood(target: Target) -> str:
    """Send valid frames as fast as possible."""
    frame = json.dumps({"type": "typing", "conversation": target.conversation})
    async with _line(target) as socket:
        for _ in range(20_000):
            await socket.send(frame)
        return await _end_of(socket)


async def _send_rubbish(target: Target) -> str:
    """Send all kinds of invalid frames as fast as possible."""
    rubbish = ["{", "[" * 5000, json.dumps({"type": "nothing"}), "\x00", '{"type":"typing"}']
    async with _line(target) as socket:
        for number in range(20_000):
            await socket.send(rubbish[number % len(rubbish)])
        return await _end_of(socket)


async def _shake_hands_slowly(target: Target) -> str:
    """Start a hundred handshakes and send them byte by byte."""
    address = target.address.removeprefix("ws://")
    host, port = address.split(":")
    lines = []
    try:
        for _ in range(100):
            lines.append(await asyncio.open_connection(host, int(port)))
        for byte in b"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n":
            for _, writer in lines:
                writer.write(bytes([byte]))
            await asyncio.sleep(0.1)
    finally:
        for _, writer in lines:
            writer.close()
    return "given up"


async def _send_2_mib(target: Target) -> str:
    async with _line(target) as socket:
        await socket.send(os.urandom(2**20).hex())
        return await _end_of(socket)


async def _send_endless_fragments(target: Target) -> str:
    """Send an endless message in fragments of a kilobyte."""

    async def pieces() -> AsyncIterator[str]:
        while True:
            yield "x" * 1024
            await asyncio.sleep(0)

    async with _line(target) as socket:
        await socket.send(pieces())
        return "sent"


async def _end_of(socket: ClientConnection) -> str:
    """Return the server's close code."""
    async with asyncio.timeout(5):
        while True:
            await socket.recv()


ATTACKS: dict[str, Attack] = {
    "slow readers": _read_slowly,
    "floods": _flood,
    "floods of rubbish": _send_rubbish,
    "slow handshakes": _shake_hands_slowly,
    "frames of 2 MiB": _send_2_mib,
    "endless fragments": _send_endless_fragments,
}


if __name__ == "__main__":
    main()
