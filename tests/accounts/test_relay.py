"""Ringing never fails the code that rings."""

from channels.layers import get_channel_layer

from accounts import relay


async def test_synchronous_code_on_a_loops_own_thread_rings_too() -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    assert await relay.join("user.1", channel)
    relay.publish(["user.1"], {"type": "badge.changed"})
    heard = await layer.receive(channel)
    assert heard == {"type": "badge.changed", "group": "user.1"}
