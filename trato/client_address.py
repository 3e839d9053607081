"""Where a connection comes from, as far as our own proxies can be believed."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

IPV6_NETWORK_BITS = 64  # of an address: the rest is the subscriber's own to choose (RFC 6177)


def network_of(scope: Mapping[str, Any]) -> str:
    """The network that a socket comes from, by the rule that logins go by; empty if unknown.

    An IPv4 address, or the network of an IPv6 one, all of whose addresses are one subscriber's.
    """
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = (scope.get("client") or [""])[0]
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            request.META["HTTP_X_FORWARDED_FOR"] = value.decode("latin1")
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))
