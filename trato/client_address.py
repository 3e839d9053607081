"""Where a request or a socket comes from, as far as our own proxies can be believed."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

IPV6_NETWORK_BITS = 64  # of an address: the rest is the subscriber's own to choose (RFC 6177)

# Some proxies write the client's port too: `192.0.2.1:5000`, `[2001:db8::1]:5000`.
WITH_PORT = re.compile(r"^(?:([\d.]+)|\[([^]]+)\])(?::\d+)?$")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """The address of the client of a request; None if it is unknown.

    Raises:
        ImproperlyConfigured: `TRUSTED_PROXY_COUNT` says more proxies than the request came through.
    """
    return _address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def network_of(request: HttpRequest) -> str:
    """The network that a request comes from; empty if it is unknown. See `network_of_socket`."""
    return _network(address_of(request))


def network_of_socket(scope: Mapping[str, Any]) -> str:
    """The network that a socket comes from; empty if it is unknown.

    An IPv4 address, or the network of an IPv6 one, all of whose addresses are one subscriber's.
    """
    forwarded = b",".join(
        value for name, value in scope["headers"] if name == b"x-forwarded-for"
    ).decode("latin1")
    try:
        return _network(_address((scope.get("client") or [""])[0], forwarded))
    except ImproperlyConfigured:
        return ""


def _address(peer: str, forwarded: str) -> Address | None:
    """Args: `peer` is at the other end of the connection, `forwarded` what proxies wrote of it."""
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if proxies and forwarded:
        hops = forwarded.split(",")
        if len(hops) < proxies:
            raise ImproperlyConfigured("TRUSTED_PROXY_COUNT does not match X-Forwarded-For")
        peer = hops[-proxies]
    try:
        address = ipaddress.ip_address(WITH_PORT.sub(r"\1\2", peer.strip()))
    except ValueError:
        return None
    # A proxy that listens on IPv6 may write IPv4 as `::ffff:192.0.2.1`, which would make one
    # network, and one count, of all of IPv4.
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: Address | None) -> str:
    if address is None:
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))
