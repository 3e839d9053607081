"""Fetch everything that a person can open, from all of the site's own URLs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from django.test import Client

from tests.bad_input.attack import OF_ALL, fill
from tests.exports import everything_in, opened

PARAMETER = re.compile(r"<(\w+)>")
FOR_SCRIPTS = ("/conversation", "/notifications", "/saved-replies")
ELSEWHERE = ("/accounts/", "/language/", "/text.js", "/metrics", "/health/")  # without messages
# Parameters that lead to nothing about messages.
UNRELATED = {
    "client_id",
    "decision_id",
    "picture_id",
    "pk",
    "shop_id",
    "shop_key",
    "token",
    "user_key",
}


def addresses(values: Mapping[str, Sequence[object]]) -> Iterator[str]:
    """Yield every URL that may involve messages, with each value of its parameters.

    Args:
        values: the values of each parameter that involves messages.

    Raises:
        AssertionError: there is a URL with another parameter: add values for it.
    """
    for route in OF_ALL:
        if route.startswith(ELSEWHERE):
            continue
        names = list(dict.fromkeys(PARAMETER.findall(route)))
        unknown = {*names} - {*values} - UNRELATED
        assert not unknown, f"{route}: what can be fetched by {unknown}?"
        for chosen in product(*(values.get(name, [1]) for name in names)):
            yield fill(route, dict(zip(names, map(str, chosen), strict=True)))


def fetched(
    client: Client, wanted: Iterator[str], *, scripts: bool = True
) -> Iterator[tuple[str, bytes]]:
    """Yield the responses of each URL: the page and, for `scripts`, what scripts get."""
    for address in sorted({*wanted}):
        kinds = ["text/html"]
        if scripts and address.startswith(FOR_SCRIPTS):
            kinds.append("application/json")
        for kind in kinds:
            answer = client.get(address, headers={"accept": kind})
            is_archive = answer.get("Content-Type") == "application/zip"
            text = everything_in(opened(answer)) if is_archive else ""
            content = text.encode() if is_archive else answer.getvalue()
            yield f"{kind} {address}", content
