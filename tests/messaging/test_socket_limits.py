"""Limits on a person's sockets, and on how often they may be opened."""

import asyncio
import json
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from accounts.models import User
from config.asgi import application
from tests.patience import PATIENCE
from trato.client_address import network_of_socket
from trato.realtime import groups

pytestmark = pytest.mark.django_db(transaction=True)


async def outcome(socket: Any) -> str | int:
    """Return `session.ready`, or the code with which the socket was closed."""
    async with asyncio.timeout(PATIENCE):
        while True:
            output = await socket.receive_output(PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])
            if (kind := json.loads(output["text"])["type"]) == "session.ready":
                return str(kind)


async def test_a_person_has_so_many_sockets_and_another_person_their_own(
    shopper: User, seller: User, socket_of: Any, settings: Any
) -> None:
    settings.SOCKETS_PER_PERSON = 2
    one, two = await socket_of(shopper), await socket_of(shopper)
    assert [await outcome(one), await outcome(two)] == ["session.ready"] * 2
    assert await outcome(await socket_of(shopper)) == 4429
    assert await outcome(await socket_of(seller)) == "session.ready"
    assert groups.count(groups.user_group(shopper.pk)) == 2
    await one.disconnect(timeout=PATIENCE)
    assert await outcome(await socket_of(shopper)) == "session.ready"


async def test_a_person_who_comes_again_and_again_is_told_4429(
    shopper: User, seller: User, socket_of: Any, settings: Any, client_of: Any
) -> None:
    settings.SOCKETS_OPENED_PER_MINUTE = 3
    for _ in range(3):
        socket = await socket_of(shopper)
        assert await outcome(socket) == "session.ready"
        await socket.disconnect(timeout=PATIENCE)
    assert await outcome(await socket_of(shopper)) == 4429
    assert await outcome(await socket_of(seller)) == "session.ready"


async def come_from(address: str, forwarded: str = "") -> str | int:
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    if forwarded:
        headers.append((b"x-forwarded-for", forwarded.encode()))
    socket = WebsocketCommunicator(application, "/ws/", headers=headers)
    socket.scope["client"] = [address, 50_000]
    await socket.connect(timeout=PATIENCE)
    code = await outcome(socket)
    await socket.disconnect(timeout=PATIENCE)
    return code


async def test_an_address_that_comes_again_and_again_is_told_4429(settings: Any, db: None) -> None:
    settings.SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = 2
    assert [await come_from("203.0.113.7") for _ in range(3)] == [4401, 4401, 4429]
    assert await come_from("203.0.113.8") == 4401


async def test_an_ipv6_site_has_a_wider_limit(settings: Any, db: None) -> None:
    settings.SOCKETS_OPENED_PER_MINUTE_AND_IPV6_SITE = 2
    subnets = [f"2001:db8:1:{number}::7" for number in range(3)]
    assert [await come_from(address) for address in subnets] == [4401, 4401, 4429]
    assert await come_from("2001:db8:2::7") == 4401
    hosts = [f"203.0.113.{number}" for number in range(3)]
    assert [await come_from(address) for address in hosts] == [4401] * 3


async def test_behind_a_proxy_it_is_the_clients_address_that_counts(
    settings: Any, db: None
) -> None:
    settings.SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = 2
    settings.TRUSTED_PROXY_COUNT = 1
    for invented in ("198.51.100.1", "198.51.100.2"):
        assert await come_from("127.0.0.1", f"{invented}, 203.0.113.7") == 4401
    assert await come_from("127.0.0.1", "198.51.100.3, 203.0.113.7") == 4429
    assert await come_from("127.0.0.1", "203.0.113.8") == 4401


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5000", "203.0.113.7"),
        ("[2001:db8:1:2:3:4:5:6]:5000", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("", ""),
        ("nonsense", ""),
        ("203.0.113.7:", ""),
        ("[203", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_network(address: str, network: str) -> None:
    assert network_of_socket({"client": [address, 1], "headers": []}) == network
    assert network_of_socket({"client": None, "headers": []}) == ""
