"""Logs of the real programs: everything has an ID, and nothing quotes what people wrote."""

import asyncio
import json
import uuid
from typing import Any

from deploy.cluster import Cluster

from .people import Person

MARKER = "Xylophone-7Q"


async def test_no_program_writes_down_a_message_whatever_becomes_of_it(
    cluster: Cluster, shopper: Person, conversation: int
) -> None:
    socket = await shopper.socket()
    await socket.next_frame("session.ready")

    async def send_on_all(*, answered: bool) -> None:
        """Send a valid, a too long and a malformed message: by socket, script and form."""
        for body in (MARKER, MARKER * 400, f"{MARKER}\0"):
            frame = {"conversation": conversation, "client_id": str(uuid.uuid4()), "body": body}
            await socket.send("message.send", **frame)
            if answered:
                await socket.next_frame("message.accepted" if body == MARKER else "error")
            await asyncio.to_thread(shopper.send, conversation, body)
            fields = {"body": body, "client_id": MARKER}  # not an integer
            path = f"/conversation/{conversation}/new_message/"
            await asyncio.to_thread(shopper.post, path, fields)

    await send_on_all(answered=True)
    cluster.redis.kill()
    await send_on_all(answered=True)
    cluster.postgres.kill()
    await send_on_all(answered=False)
    await socket.connection.send(MARKER * 5_000)  # larger than the maximum frame
    await socket.closed()

    names = [f"daphne-{number}.log" for number in range(len(cluster.daphnes))]
    written = {name: (cluster.folder / name).read_text() for name in names}
    for name in ("nginx-access.log", "nginx-error.log", "redis-server.log"):
        written[name] = (cluster.folder / name).read_text()
    for name, text in written.items():
        assert MARKER not in text, name
    lines = [json.loads(line) for name in names for line in _json_lines(written[name])]
    assert {"limits_storage_unavailable", "database_unavailable"} <= {one["event"] for one in lines}
    for line in lines:
        assert {"request", "socket", "process"} & line.keys(), line
    _assert_found_in_both(written["nginx-access.log"], lines)


def _json_lines(text: str) -> list[str]:
    """Return the log's lines, without the welcome message for the person who starts a server."""
    lines = text.splitlines()
    others = [line for line in lines if not line.startswith("{")]
    known = ("Trato answers", "trato-demo", "@", "Mails are")
    assert [line for line in others if not any(word in line for word in known)] == []
    return [line for line in lines if line.startswith("{")]


def _assert_found_in_both(access_log: str, lines: list[dict[str, Any]]) -> None:
    """Check that a failed request and a closed socket have the same ID in nginx and Daphne."""
    in_nginx = {(one := json.loads(line))["request"]: one for line in access_log.splitlines()}
    failed = [one for one in lines if one["event"] == "database_unavailable" and "request" in one]
    assert failed
    for line in failed:
        assert in_nginx[line["request"]]["status"] == 503
    closed = [one for one in lines if one["event"] == "socket_closed" and one["socket"] in in_nginx]
    for line in closed:
        assert in_nginx[line["socket"]]["path"] == "/ws/"
