"""Admission of sockets: people with a session, as often as the limits allow."""

from trato import rate_limits
from trato.client_address import network_of_socket, site_of_socket
from trato.realtime.close_codes import FLOODS
from trato.realtime.consumers import RealtimeConsumer


async def admit(socket: RealtimeConsumer) -> bool:
    """Authenticate an accepted socket and count it; return False if it had to be closed."""
    network, site = network_of_socket(socket.scope), site_of_socket(socket.scope)
    return (
        await _is_within(socket, "SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS", network)
        and await _is_within(socket, "SOCKETS_OPENED_PER_MINUTE_AND_IPV6_SITE", site)
        and await socket.authenticate()
        and await _is_within(socket, "SOCKETS_OPENED_PER_MINUTE", socket.user.pk)
    )


async def _is_within(socket: RealtimeConsumer, limit: str, who: int | str) -> bool:
    refusal = None
    if who:
        (refusal,) = await rate_limits.hit_many(limit, [who])
    if refusal is not None:
        await socket.close(FLOODS)
    return refusal is None
