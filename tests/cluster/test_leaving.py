"""A Daphne shuts down gracefully on SIGTERM."""

import asyncio
import uuid

from deploy.cluster import Cluster

from .people import Person

SOCKETS = 50


async def test_on_sigterm_fifty_sockets_are_closed_with_1012(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int
) -> None:
    one = cluster.upstream(0)
    sockets = await asyncio.gather(*(shopper.socket(one) for _ in range(SOCKETS)))
    for socket in sockets:
        await socket.next_frame("session.ready")
    client_id = str(uuid.uuid4())
    frame = {"conversation": conversation, "client_id": client_id, "body": "Before you go"}
    await sockets[0].send("message.send", **frame)
    await sockets[0].next_frame("message.accepted")

    ends = [asyncio.create_task(socket.closed()) for socket in sockets]
    exit_code = await asyncio.to_thread(cluster.daphnes[0].stop)

    assert [await end for end in ends] == [1012] * SOCKETS
    assert exit_code == 0
    stored = seller.messages(conversation)["messages"]
    assert [each["body"] for each in stored if each["client_id"] == client_id] == ["Before you go"]


async def test_what_was_sent_before_the_end_is_acknowledged_or_can_be_sent_again(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int
) -> None:
    socket = await shopper.socket(cluster.upstream(0))
    await socket.next_frame("session.ready")
    sent = [str(uuid.uuid4()) for _ in range(20)]
    for number, client_id in enumerate(sent):
        await socket.send(
            "message.send", conversation=conversation, client_id=client_id, body=f"Item {number}"
        )
    stopping = asyncio.create_task(asyncio.to_thread(cluster.daphnes[0].stop))
    accepted = [(await socket.next_frame("message.accepted"))["client_id"] for _ in sent]
    assert accepted == sent
    assert await socket.closed() == 1012
    assert await stopping == 0
    stored = {each["client_id"] for each in seller.messages(conversation)["messages"]}
    assert set(sent) <= stored


async def test_a_request_under_way_is_answered_and_no_new_one_is_taken(
    cluster: Cluster, shopper: Person
) -> None:
    cluster.postgres.pause()  # keeps the request waiting
    asking = asyncio.create_task(asyncio.to_thread(shopper.ask, "GET", "/", at=cluster.upstream(0)))
    await asyncio.sleep(1)
    stopping = asyncio.create_task(asyncio.to_thread(cluster.daphnes[0].stop))
    while await _takes_connections(cluster.ports[0]):
        await asyncio.sleep(0.05)
    assert not asking.done()
    cluster.postgres.resume()
    assert (await asking).status == 200
    assert await stopping == 0


async def _takes_connections(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True
