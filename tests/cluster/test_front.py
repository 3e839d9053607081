"""Requests that nginx handles itself, and requests that it passes on."""

import contextlib
import gzip
import re
import socket
import time
from urllib.parse import urlsplit

import pytest
from redis import Redis

from deploy.cluster import Cluster
from tests.patience import PATIENCE
from tests.whole import only_whole

from .people import Person

MEGABYTE = 1024**2
OPEN_REQUESTS = 32  # that nginx allows per address
ATTEMPTS = 10  # failed logins that allauth allows per address and minute


def test_the_shop_and_its_pages_are_shown(cluster: Cluster, shopper: Person) -> None:
    for path in ("/", "/products/", "/conversations/", "/health/"):
        assert shopper.get(path).status == 200, path
    assert cluster.upstream(0) not in shopper.get("/").text


def test_hashed_static_files_are_kept_for_a_year_and_sent_compressed(shopper: Person) -> None:
    [address, *_] = re.findall(r"/static/css/site\.[0-9a-f]{12}\.css", shopper.get("/").text)
    answer = shopper.get(address, Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/css")
    plain = shopper.get("/static/css/site.css")
    assert "immutable" not in plain.headers["Cache-Control"]


def test_pages_are_sent_compressed_with_another_token_each_time(shopper: Person) -> None:
    tokens = set()
    for _ in range(2):
        page = shopper.get("/products/?q=bowl", Accept_Encoding="gzip")
        assert page.headers["Content-Encoding"] == "gzip"
        assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        text = gzip.decompress(page.body).decode()
        tokens |= {*re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text)}
    assert len(tokens) == 2
    badge = shopper.get("/notifications/unread/", Accept_Encoding="gzip")
    assert "Content-Encoding" not in badge.headers


def test_while_no_daphne_answers_people_and_scripts_are_told_kindly_and_static_files_are_there(
    cluster: Cluster, shopper: Person
) -> None:
    for daphne in cluster.daphnes:
        daphne.kill()
    page = shopper.get("/", Accept_Language="es-MX,es;q=0.9")
    assert page.status == 503
    assert page.headers["Retry-After"] == "5"
    assert '<html lang="es">' in page.text
    assert "Volvemos enseguida" in page.text
    answer = shopper.get("/conversations/", Accept="application/json")
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert shopper.get("/static/css/site.css").status == 200


def test_pictures_are_served_as_pictures_and_as_nothing_else(
    cluster: Cluster, shopper: Person
) -> None:
    [address, *_] = re.findall(r"/media/[^\"]+\.jpg", shopper.get("/").text)
    picture = shopper.get(address)
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    (cluster.folder / "media" / "page.html").write_text("<script>alert(1)</script>")
    stray = shopper.get("/media/page.html")
    assert stray.headers["Content-Type"] == "application/octet-stream"
    assert stray.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../nginx.conf", "/media/../nginx.conf", "/media../a"])
def test_nothing_beside_the_folders_is_reached(path: str, shopper: Person) -> None:
    assert shopper.get(path).status in (400, 404)


@pytest.mark.parametrize(
    ("path", "size"), [("/accounts/login/", MEGABYTE // 4), ("/my/products/new/", 81 * MEGABYTE)]
)
def test_more_than_the_limit_is_refused_with_a_page_that_explains(
    path: str, size: int, seller: Person
) -> None:
    answer = seller.ask("POST", path, bytes(size + 1), headers={"Accept_Language": "es"})
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="es">' in answer.text
    assert "Es demasiado grande" in answer.text


def test_a_picture_of_the_largest_allowed_size_passes_nginx_and_meets_the_forms_own_limit(
    seller: Person,
) -> None:
    """Django checks pictures just below and above 10 MB, and names the file."""
    boundary = "picture-boundary"
    token = seller.cookies["csrftoken"]
    body = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=csrfmiddlewaretoken\r\n\r\n{token}"
        f"\r\n--{boundary}\r\nContent-Disposition: form-data; name=pictures; filename=big.jpg\r\n"
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + bytes(10 * MEGABYTE + 1)
    body += f"\r\n--{boundary}--\r\n".encode()
    answer = seller.ask(
        "POST",
        "/my/products/new/",
        body,
        headers={"Content_Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status == 400
    assert "big.jpg: " in answer.text


@pytest.mark.parametrize("who", ["nobody", "shopper"])
def test_nginx_reads_an_upload_only_of_a_seller(
    who: str, cluster: Cluster, shopper: Person, seller: Person
) -> None:
    """Only the headers decide: a body of 80 MB is never sent."""
    person = shopper if who == "shopper" else Person(cluster.url)
    assert _answer_to_head(cluster, person) == b"HTTP/1.1 413"
    assert _answer_to_head(cluster, seller) == b"HTTP/1.1 100"
    own = _answer_to_head(cluster, person, "/accounts/profile/picture/", 11 * MEGABYTE)
    assert own == (b"HTTP/1.1 100" if who == "shopper" else b"HTTP/1.1 413")
    more = _answer_to_head(cluster, person, "/accounts/profile/picture/", 12 * MEGABYTE)
    assert more == b"HTTP/1.1 413"
    shop = "/my/shop/1/picture/"
    assert _answer_to_head(cluster, person, shop, 11 * MEGABYTE) == b"HTTP/1.1 413"
    assert _answer_to_head(cluster, seller, shop, 11 * MEGABYTE) == b"HTTP/1.1 100"
    # Everybody may request the page with the form: it redirects to the login, or to a shop.
    assert person.get("/my/products/new/").status == 302
    assert seller.get("/my/products/new/").status == 200


def _answer_to_head(
    cluster: Cluster, person: Person, path: str = "/my/products/new/", size: int = 80 * MEGABYTE
) -> bytes:
    address = urlsplit(cluster.url)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    with socket.create_connection((address.hostname, address.port), timeout=30) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
            f"Content-Type: multipart/form-data; boundary=a\r\nContent-Length: {size}\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        return line.recv(12)


@only_whole
def test_while_no_daphne_answers_an_upload_is_told_to_wait(
    cluster: Cluster, seller: Person
) -> None:
    for daphne in cluster.daphnes:
        daphne.kill()
    answer = seller.ask("POST", "/my/products/new/", b"", headers={"Accept": "application/json"})
    assert (answer.status, answer.json["code"]) == (503, "unavailable")


def test_who_asks_without_end_is_told_to_wait(cluster: Cluster, shopper: Person) -> None:
    """Each kind of request has its own limit, and doesn't affect the others."""
    answers = [shopper.post("/accounts/nowhere/", {}, Accept_Language="es")]
    while answers[-1].status != 429:
        assert len(answers) < 5000
        answers.append(shopper.post("/accounts/nowhere/", {}, Accept_Language="es"))
    assert len(answers) > 50  # the burst that is allowed
    assert "Demasiadas peticiones" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "5"
    as_script = shopper.post("/accounts/nowhere/", {}, Accept="application/json")
    assert as_script.status in (429, 404)  # the allowance grows while we send requests
    assert shopper.get("/accounts/login/").status == 302
    assert shopper.get("/products/").status == 200


def test_who_keeps_requests_open_is_told_to_wait(cluster: Cluster, shopper: Person) -> None:
    address = urlsplit(cluster.url)
    head = b"POST /nowhere/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(2 * OPEN_REQUESTS):  # whose bodies never arrive
            line = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
            stack.enter_context(line).sendall(head)
        assert line.recv(12) == b"HTTP/1.1 429"
    deadline = time.monotonic() + PATIENCE
    while shopper.get("/products/").status != 200:  # nginx has noticed that they are gone
        assert time.monotonic() < deadline


def _failed_logins(person: Person, at: str, count: int) -> list[str]:
    """Return the responses to wrong passwords of several people, with forged client addresses."""
    person.get("/accounts/login/")
    pages = []
    for number in range(count):
        fields = {"login": f"nobody{number}@example.com", "password": "wrong"}
        headers = {"X_Forwarded_For": f"203.0.113.{number}", "Accept_Language": "en"}
        answer = person.post("/accounts/login/", fields, at=at, **headers)
        while "Too many requests" in answer.text:  # nginx's response after another test's posts
            time.sleep(0.2)
            answer = person.post("/accounts/login/", fields, at=at, **headers)
        pages.append(answer.text)
    return pages


def test_a_forged_address_does_not_escape_the_limit_of_failed_logins(cluster: Cluster) -> None:
    with Redis.from_url(cluster.redis.address) as counts:
        counts.flushdb()
        pages = _failed_logins(Person(cluster.url), cluster.url, ATTEMPTS + 1)
        assert "Too many wrong passwords" not in pages[ATTEMPTS - 1]
        assert "Too many wrong passwords" in pages[ATTEMPTS]
        counts.flushdb()


@only_whole
def test_past_nginx_each_forged_address_has_its_own_limit(cluster: Cluster) -> None:
    """A Daphne trusts the header, so the test above proves something."""
    with Redis.from_url(cluster.redis.address) as counts:
        counts.flushdb()
        pages = _failed_logins(Person(cluster.url), cluster.upstream(0), ATTEMPTS + 1)
        assert "Too many wrong passwords" not in pages[ATTEMPTS]
        counts.flushdb()


def test_metrics_are_not_for_the_public(cluster: Cluster, shopper: Person) -> None:
    assert shopper.get("/metrics").status == 404


@pytest.mark.parametrize(
    "headers", [b"", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"]
)
def test_only_the_sockets_address_can_be_upgraded(headers: bytes, cluster: Cluster) -> None:
    address = urlsplit(cluster.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(
            b"GET /products/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + headers
            + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert line.recv(12) == b"HTTP/1.1 200"
