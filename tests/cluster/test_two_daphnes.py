"""Two people whose sockets are on different Daphnes, and Daphnes that stop and start."""

import asyncio
import json
import random
import uuid
from pathlib import Path
from typing import Any

import websockets

from deploy.cluster import ROOT, Cluster
from tests.patience import PATIENCE
from tests.whole import only_whole

from .people import Person, Socket
from .systemd import systemctl


async def test_people_on_different_daphnes_talk_at_once(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int
) -> None:
    asking = await shopper.socket(cluster.upstream(0))
    answering = await seller.socket(cluster.upstream(1))
    for socket in (asking, answering):
        await socket.next_frame("session.ready")
    for one, other in ((asking, answering), (answering, asking)):
        client_id = str(uuid.uuid4())
        frame = {"conversation": conversation, "client_id": client_id, "body": "Still there?"}
        await one.send("message.send", **frame)
        heard = [
            (await socket.next_frame("message.created"))["client_id"] for socket in (one, other)
        ]
        assert heard == [client_id, client_id]
    await asking.close()
    await answering.close()


async def test_nginx_spreads_sockets_over_both_daphnes(cluster: Cluster, shopper: Person) -> None:
    sockets = await asyncio.gather(*(shopper.socket() for _ in range(10)))
    for socket in sockets:
        await socket.next_frame("session.ready")
    cluster.daphnes[0].kill()
    ended = 0
    for socket in sockets:
        try:
            await socket.send("conversation.open", conversation=0, since=0)
            await socket.next_frame("error")  # its Daphne is running
            await socket.close()
        except websockets.ConnectionClosed:
            ended += 1
    assert 3 <= ended <= 7


async def test_pages_and_sockets_have_daphnes_of_their_own(
    cluster: Cluster, shopper: Person
) -> None:
    log = cluster.folder / "nginx-access.log"
    seen = len(log.read_text().splitlines())
    socket = await shopper.socket()
    await socket.next_frame("session.ready")
    await socket.close()
    await asyncio.to_thread(shopper.get, "/products/")
    async with asyncio.timeout(PATIENCE):
        while len(lines := log.read_text().splitlines()[seen:]) < 2:
            await asyncio.sleep(0.05)
    ports = {
        (one := json.loads(line))["path"]: int(one["upstream"].rpartition(":")[2]) for line in lines
    }
    assert ports["/ws/"] in cluster.socket_ports
    assert ports["/products/"] in cluster.page_ports


async def test_the_people_of_a_killed_daphne_come_back_on_the_other_and_missed_nothing(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int
) -> None:
    listener = Listener(seller, conversation)
    async with listener:
        await listener.is_live()
        # Whichever Daphne has the listener: each one is killed once while the other runs. A test
        # above says that Daphnes for pages have no sockets.
        for daphne in cluster.daphnes[: len(cluster.socket_ports)]:
            daphne.kill()
            sent = [await _send_until_stored(shopper, conversation, n) for n in range(5)]
            await listener.has(set(sent))
            daphne.start()
    assert listener.reconnections >= 1


@only_whole
def test_while_one_daphne_is_down_every_request_is_answered_by_the_other(
    cluster: Cluster, shopper: Person, conversation: int
) -> None:
    for daphne in cluster.daphnes:
        daphne.kill()
        answers = [shopper.get("/products/").status for _ in range(5)]
        answers += [shopper.send(conversation, "Anybody?").status for _ in range(5)]
        assert answers == [200] * 10
        daphne.start()


async def test_a_rolling_restart_loses_and_doubles_no_message(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int, tmp_path: Path
) -> None:
    """The restart uses `deploy/roll`."""
    sent: list[str] = []
    restarted = asyncio.Event()

    async def keep_sending() -> None:
        while not restarted.is_set():
            sent.append(await _send_until_stored(shopper, conversation, len(sent)))
            await asyncio.sleep(0.05)  # otherwise starting the Daphnes would take longer than that

    before = seller.messages(conversation)["revision"]
    processes = [daphne.pid for daphne in cluster.daphnes]
    listener = Listener(seller, conversation)
    async with listener:
        await listener.is_live()
        sending = asyncio.create_task(keep_sending())
        with systemctl(cluster, tmp_path) as environment:
            roll = [f"{ROOT}/deploy/roll", *map(str, cluster.ports)]
            rolling = await asyncio.create_subprocess_exec(*roll, env=environment)
            assert await rolling.wait() == 0
        restarted.set()
        await sending
        await listener.has(set(sent))
    stored = _all_since(seller, conversation, before)
    assert [each["client_id"] for each in stored] == sent
    assert listener.heard == sent
    assert not {daphne.pid for daphne in cluster.daphnes} & set(processes)


async def _send_until_stored(person: Person, conversation: int, number: int) -> str:
    """Send by POST like the outbox: with the same `client_id` until it is acknowledged."""
    client_id = str(uuid.uuid4())
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await asyncio.to_thread(
                    person.send, conversation, f"Number {number}", client_id
                )
            except OSError:
                continue
            if answer.status == 200:
                return client_id
            await asyncio.sleep(0.1)


def _all_since(person: Person, conversation: int, revision: int) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while True:
        page = person.messages(conversation, revision)
        messages += page["messages"]
        revision = page["revision"]
        if not page["more"]:
            return messages


class Listener:
    """A tab with an open conversation, which reconnects and resumes after a close."""

    def __init__(self, person: Person, conversation: int) -> None:
        self.person, self.conversation = person, conversation
        self.revision = person.messages(conversation)["revision"]
        self.heard: list[str] = []
        self.reconnections = -1
        self._news = asyncio.Condition()
        self._live = asyncio.Event()

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._listen())

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def is_live(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._live.wait()

    async def has(self, client_ids: set[str]) -> None:
        """Wait until all of these messages have arrived."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: client_ids <= set(self.heard))

    async def _listen(self) -> None:
        while True:
            try:
                await self._one_connection()
            except (OSError, websockets.WebSocketException):
                self._live.clear()
                await asyncio.sleep(random.random() / 2)

    async def _one_connection(self) -> None:
        socket = await self.person.socket()
        self.reconnections += 1
        while True:
            frame = await socket.next()
            match frame["type"]:
                case "session.ready":
                    await self._resume(socket)
                case "conversation.state":
                    await self._take(frame["messages"])
                    self.revision = max(self.revision, frame["revision"])
                    if frame["more"]:
                        await self._resume(socket)
                    else:
                        self._live.set()
                case "message.created" if frame["revision"] == self.revision + 1:
                    await self._take([frame])
                    self.revision += 1
                case "message.created" if frame["revision"] > self.revision:
                    # Messages in between were lost, or this tab has not resumed yet.
                    await self._resume(socket)
                case "heartbeat":
                    if frame["conversations"].get(str(self.conversation), 0) > self.revision:
                        await self._resume(socket)

    async def _resume(self, socket: Socket) -> None:
        await socket.send("conversation.open", conversation=self.conversation, since=self.revision)

    async def _take(self, messages: list[dict[str, Any]]) -> None:
        async with self._news:
            for message in messages:
                if message["client_id"] not in self.heard:
                    self.heard.append(message["client_id"])
            self._news.notify_all()
