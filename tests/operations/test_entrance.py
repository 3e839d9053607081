"""Odd requests to the server itself: a clear refusal, never a 500 or a traceback."""

import socket
from collections.abc import Iterator

import pytest

from tests.site import Site, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PATHS = (
    "//ws/", "///ws/", "/ws", "/ws//", "/WS/", "/ws/x", "/ws/..", "/ws/%00", "/ws/?a=%ff",
    "/%2fws/",
    "/ws/%2e%2e/", "//", "//evil.example/ws/", "http://127.0.0.1/ws/", "http://[::1/ws/", "*",
    "ws/",
    "/ws/;x", "/ws/%", "/%zz", "/%ff", "/\\ws\\", "/ws/#x", "/ws/" + "a" * 8000, "/?" + "&" * 8000,
    "//products//", "/products/%00/", "/products/?q=%ed%a0%80", "/health/..;/", "/" + "%2f" * 2000,
    "?", "/ws/?" + "=" * 5000, "http://", "http:///ws/", "//[/", "//[::1]:99999/ws/", "/:@/",
    "//@:",
)  # fmt: skip
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PUT",
    "get",
    "G@T",
    "PRI",
    "X" * 300,
)
HEADERS = (
    "Host: ", "Host: a\r\nHost: b", "Host: [", "Host: a:b", "Host: \xff", "Content-Length: -1",
    "Content-Length: 1\r\nContent-Length: 2", "Content-Length: 9" + "9" * 30, "Content-Length: x",
    "Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: gzip", "Expect: x",
    "Cookie: " + "a=b; " * 2000, "Cookie: sessionid=\xff", "Cookie: sessionid=\"\\000\"",
    "Cookie: ;=;",
    "Accept: " + "*/*," * 3000, "Accept-Language: " + "a-" * 4000, "Accept-Language: \xff",
    "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=" + "a" * 999,
    "Content-Type: ;;;", "Origin: null", "Origin: http://[", "Origin: \xff",
    "X-Forwarded-For: x, y",
    "X-Request-ID: \x01", "Upgrade: h2c", "Upgrade: WEBSOCKET", "Range: bytes=x",
    "Referer: http://[",
    "If-Modified-Since: \xff", "If-None-Match: \"", "Daphne-Root-Path: \xff",
    "Daphne-Root-Path: /x",
    "Sec-WebSocket-Protocol: \xff", "Sec-WebSocket-Extensions: ;;;", "Content-Encoding: gzip",
    "Cookie: timezone=../../etc/passwd; django_language=" + "x" * 999, "Page-User: \xff",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site.on_test_database(tmp_path_factory.mktemp("site")) as made:
        made.start()
        yield made


def status_of(site: Site, request: str) -> int:
    """Return the status for a raw request; 0 if the connection is closed without a response."""
    with socket.create_connection(("127.0.0.1", site.ports[0]), timeout=30) as line:
        line.sendall(request.encode("latin1"))
        try:
            answer = line.recv(65536)
        except ConnectionResetError:
            return 0
    return int(answer.split(None, 2)[1]) if answer else 0


def check(site: Site, requests: list[str]) -> None:
    """Check that all are answered without an error of ours, not even in the log."""
    already = len(site.said())
    failed = [one[:150] for one in requests if status_of(site, one) >= 500]
    assert failed == []
    new = site.said()[already:]
    assert "Traceback" not in new
    assert Visitor(site).get("/health/").status == 200


@pytest.mark.parametrize("upgrade", ["", UPGRADE])
def test_no_path_is_a_failure(upgrade: str, site: Site) -> None:
    at = f"127.0.0.1:{site.ports[0]}"
    head = f"Host: {at}\r\nOrigin: http://{at}\r\nConnection: close\r\n{upgrade}"
    check(site, [f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in PATHS])


def test_the_sockets_own_path_is_let_in_and_a_double_slash_is_not(site: Site) -> None:
    at = f"127.0.0.1:{site.ports[0]}"
    head = f"Host: {at}\r\nOrigin: http://{at}\r\n{UPGRADE}"
    assert status_of(site, f"GET /ws/ HTTP/1.1\r\n{head}\r\n") == 101
    assert status_of(site, f"GET //ws/ HTTP/1.1\r\n{head}\r\n") == 404


def test_a_client_does_not_choose_what_addresses_begin_with(site: Site) -> None:
    page = Visitor(site).get("/products/", Daphne_Root_Path="/evil")
    assert page.status == 200
    assert "/evil" not in page.text


@pytest.mark.parametrize("path", ["/", "/ws/", "/health/", "/accounts/login/"])
def test_no_method_is_a_failure(path: str, site: Site) -> None:
    head = "Host: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n"
    check(site, [f"{method} {path} HTTP/1.1\r\n{head}\r\n" for method in METHODS])
    odd = ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/x", ""]
    check(site, [f"GET {path} {version}\r\n{head}\r\n" for version in odd])


@pytest.mark.parametrize(
    ("method", "path", "upgrade"),
    [("GET", "/products/", ""), ("POST", "/accounts/login/", ""), ("GET", "/ws/", UPGRADE)],
)
def test_no_header_is_a_failure(method: str, path: str, upgrade: str, site: Site) -> None:
    requests = []
    for header in HEADERS:
        host = "" if header.startswith("Host") else "Host: 127.0.0.1\r\n"
        length = "Content-Length: 3\r\n" if method == "POST" and "Length" not in header else ""
        if "Transfer" in header:
            length = ""
        requests.append(
            f"{method} {path} HTTP/1.1\r\n{host}{length}{upgrade}{header}\r\n\r\n"
            "3\r\na=b\r\n0\r\n\r\n"
        )
    check(site, requests)
