"""The origin of a request or a socket, as reported by our own proxies."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

IPV6_NETWORK_BITS = 64  # of an address: the subscriber chooses the rest (RFC 6177)
IPV6_SITE_BITS = 48  # the most that one customer gets (RFC 6177): 65,536 such networks

# Some proxies include the client's port: `192.0.2.1:5000`, `[2001:db8::1]:5000`.
WITH_PORT = re.compile(r"^(?:([\d.]+)|\[([^]]+)\])(?::\d+)?$")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """Return the address of a request's client; None if it is unknown.

    Raises:
        ImproperlyConfigured: the request came through fewer proxies than `TRUSTED_PROXY_COUNT`.
    """
    return _address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def network_of(request: HttpRequest) -> str:
    """Return the network that a request comes from; empty if unknown. See `network_of_socket`."""
    return _network(address_of(request))


def site_of(request: HttpRequest) -> str:
    """Return the IPv6 site of a request, the widest network of one customer; empty for IPv4."""
    return _site(address_of(request))


def site_of_socket(scope: Mapping[str, Any]) -> str:
    """Return the IPv6 site that a socket comes from; empty for IPv4 or if it is unknown."""
    return _site(_address_of_socket(scope))


def network_of_socket(scope: Mapping[str, Any]) -> str:
    """Return the network that a socket comes from; empty if it is unknown.

    That is an IPv4 address, or an IPv6 network whose addresses all belong to one subscriber.
    """
    return _network(_address_of_socket(scope))


def _address_of_socket(scope: Mapping[str, Any]) -> Address | None:
    forwarded = b",".join(
        value for name, value in scope["headers"] if name == b"x-forwarded-for"
    ).decode("latin1")
    try:
        return _address((scope.get("client") or [""])[0], forwarded)
    except ImproperlyConfigured:
        return None


def _address(peer: str, forwarded: str) -> Address | None:
    """Find the client's address from the connection's `peer` and the proxies' header."""
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
    # A proxy that listens on IPv6 may write IPv4 as `::ffff:192.0.2.1`. All of IPv4 would then be
    # one network, with one count.
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: Address | None) -> str:
    if address is None:
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))


def _site(address: Address | None) -> str:
    if address is None or address.version == 4:
        return ""
    return str(ipaddress.ip_network((address, IPV6_SITE_BITS), strict=False))
