"""Access to the metrics, and what they count."""

import re
from typing import Any

import pytest
from django.test import Client

from trato.realtime import metrics

pytestmark = pytest.mark.django_db


def value(page: str, series: str) -> float:
    """Return the value of a series on the page; 0 if it was never counted."""
    sample = re.search(rf"^{re.escape(series)} (\S+)$", page, re.MULTILINE)
    return float(sample[1]) if sample else 0.0


def test_whoever_asks_this_machine_directly_reads_them(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    for name in ("trato_send_seconds_bucket", "trato_sockets_open", "process_resident_memory"):
        assert name in page


@pytest.mark.parametrize(
    "request_headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "not an address"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_for_the_public_there_is_no_such_page(
    request_headers: dict[str, str], client: Client
) -> None:
    answer = client.get("/metrics", **request_headers)  # type: ignore[arg-type]
    assert answer.status_code == 404
    assert b"trato_" not in answer.content


def test_another_network_can_be_let_in_and_this_machine_kept_out(
    client: Client, settings: Any
) -> None:
    settings.METRICS_NETWORKS = ["10.1.0.0/16"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.2.2.3").status_code == 404
    assert client.get("/metrics").status_code == 404


def test_the_token_opens_from_anywhere_also_through_a_proxy(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-secret"
    far = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    opened = client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-long-secret", **far)  # type: ignore[arg-type]
    assert opened.status_code == 200
    refused = client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-long-secre", **far)  # type: ignore[arg-type]
    assert refused.status_code == 404


def test_codes_that_a_client_invents_make_no_new_series(client: Client) -> None:
    before = client.get("/metrics").content.decode()
    metrics.socket_closed(4401)
    metrics.socket_closed(4409)
    metrics.socket_closed(3999)
    metrics.socket_closed(4999)
    after = client.get("/metrics").content.decode()
    for code, more in (("4401", 1), ("4409", 1), ("other", 2)):
        series = f'trato_socket_closes_total{{code="{code}"}}'
        assert value(after, series) == value(before, series) + more
    assert 'code="3999"' not in after
