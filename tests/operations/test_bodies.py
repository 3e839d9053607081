"""Request bodies that a real server accepts, and from whom, using only the network."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from catalog.models import Product, Shop
from tests.site import CSRF_TOKEN, JSON, Site, session_of

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024**2
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=edge"
UPLOAD = "/my/products/new/"
PORTRAIT = "/accounts/profile/picture/"


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site.on_test_database(tmp_path_factory.mktemp("site")) as made:
        made.start()
        yield made


class Sender:
    """A connection that sends the headers of a POST, and then only what the test says."""

    def __init__(self, site: Site, path: str, user: User | None = None, /, **headers: str) -> None:
        self.line = socket.create_connection(("127.0.0.1", site.ports[0]), timeout=30)
        cookie = f"csrftoken={CSRF_TOKEN}"
        if user is not None:
            cookie += f"; {settings.SESSION_COOKIE_NAME}={session_of(user)}"
        sent = {"Host": "127.0.0.1", "Cookie": cookie, "X-CSRFToken": CSRF_TOKEN}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        self.line.sendall("\r\n".join([*lines, "", ""]).encode())

    def answer(self) -> HTTPResponse:
        response = HTTPResponse(self.line)
        response.begin()
        return response

    def text(self) -> str:
        return self.answer().read().decode()


def send(site: Site, path: str, body: Any, user: User | None = None, /, **headers: str) -> Any:
    """Send a whole POST; an iterable body is sent in chunks."""
    cookie = f"csrftoken={CSRF_TOKEN}"
    if user is not None:
        cookie += f"; {settings.SESSION_COOKIE_NAME}={session_of(user)}"
    own = {"Cookie": cookie, "X-CSRFToken": CSRF_TOKEN, "Content-Type": MULTIPART}
    own |= {name.replace("_", "-"): value for name, value in headers.items()}
    line = HTTPConnection("127.0.0.1", site.ports[0], timeout=60)
    line.request("POST", path, body, own)
    response = line.getresponse()
    return response.status, response.read().decode()


def form_with(content: bytes) -> bytes:
    """Return a product form with one picture."""
    return (
        b"--edge\r\nContent-Disposition: form-data; name=pictures; filename=big.jpg\r\n"
        b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n--edge--\r\n"
    )


@pytest.mark.parametrize("path", ["/health/", "/accounts/login/", "/nowhere/", UPLOAD])
def test_a_large_form_is_refused_before_it_is_sent(path: str, site: Site) -> None:
    sender = Sender(site, path, Content_Type=FORM, Content_Length=str(80 * MEGABYTE))
    answer = sender.answer()
    assert answer.status == 413
    assert "too large" in answer.read().decode()


def test_a_small_form_is_taken_at_any_address(site: Site) -> None:
    body = b"a=" + bytes(100_000)
    assert send(site, "/nowhere/", body, Content_Type=FORM)[0] == 404
    assert send(site, "/nowhere/", [body], Content_Type=FORM)[0] == 404


@pytest.mark.parametrize("kind", [FORM, MULTIPART, "text/plain"])
def test_a_large_body_in_chunks_is_refused_as_it_grows(kind: str, site: Site) -> None:
    chunks = (bytes(64 * 1024) for _ in range(20 * 16))
    status, page = send(site, "/health/", chunks, Content_Type=kind)
    assert status == 413
    assert "too large" in page


def test_a_body_in_crumbs_is_given_up(site: Site) -> None:
    assert send(site, "/nowhere/", (b"a" for _ in range(900)), Content_Type=FORM)[0] == 404
    assert send(site, "/nowhere/", (bytes(300) for _ in range(800)), Content_Type=FORM)[0] == 404
    sender = Sender(site, "/nowhere/", Content_Type=FORM, Transfer_Encoding="chunked")
    sender.line.sendall(b"1\r\na\r\n" * 2000 + b"0\r\n\r\n")
    assert sender.answer().status == 400


def test_nobody_is_asked_to_go_on_with_a_refused_body(site: Site, shopper: User) -> None:
    headers = {"Content_Length": str(MEGABYTE), "Expect": "100-continue"}
    for path, user in (("/health/", None), (UPLOAD, None), (UPLOAD, shopper)):
        sender = Sender(site, path, user, Content_Type=MULTIPART, **headers)
        assert sender.line.recv(12) == b"HTTP/1.1 413"
    allowed = Sender(site, "/health/", Content_Length="10", Expect="100-continue")
    assert allowed.line.recv(12) == b"HTTP/1.1 100"


@pytest.mark.parametrize("who", [None, "shopper", "former_colleague", "suspended"])
def test_only_sellers_upload(
    who: str | None, site: Site, seller: User, shop: Shop, request: pytest.FixtureRequest
) -> None:
    outsider = request.getfixturevalue(who) if who else None
    length = str(20 * MEGABYTE)
    sender = Sender(site, UPLOAD, outsider, Content_Type=MULTIPART, Content_Length=length)
    assert sender.answer().status == 413
    # The allowed twin: the form reads the whole body and names the picture.
    body = form_with(bytes(20 * MEGABYTE))
    for sent in (body, iter([body[: 2**20], body[2**20 :]])):
        status, page = send(site, UPLOAD, sent, seller)
        assert status == 400
        assert "big.jpg" in page


def test_people_and_shops_upload_one_picture_of_their_own(
    site: Site, shopper: User, seller: User, shop: Shop
) -> None:
    def answer(user: User | None, length: int, path: str = PORTRAIT) -> int:
        headers = {
            "Content_Type": MULTIPART,
            "Content_Length": str(length),
            "Expect": "100-continue",
        }
        return int(Sender(site, path, user, **headers).line.recv(12).split()[1])

    most = settings.AVATAR_UPLOAD_MAX_BYTES
    assert answer(shopper, most) == 100
    assert answer(shopper, most + 1) == 413
    assert answer(None, most) == 413
    assert answer(shopper, most, "/accounts/profile/") == 413
    assert answer(shopper, most, "/my/shop/1/picture/") == 413
    assert answer(seller, most, "/my/shop/1/picture/") == 100
    assert answer(seller, most + 1, "/my/shop/1/picture/") == 413


def test_even_a_seller_sends_no_more_than_eight_pictures(
    site: Site, seller: User, product: Product
) -> None:
    most = settings.UPLOAD_MAX_BYTES
    for path in (UPLOAD, f"/my/products/{product.slug}/"):
        headers = {"Content_Type": MULTIPART, "Content_Length": str(most + 1)}
        assert Sender(site, path, seller, **headers).answer().status == 413
        chunks = (bytes(2**20) for _ in range(most // 2**20 + 2))
        assert send(site, path, chunks, seller)[0] == 413


@pytest.mark.parametrize(
    ("path", "kind"),
    [(UPLOAD, FORM), (UPLOAD, "text/plain"), ("/my/products/", MULTIPART), ("/ws/", MULTIPART)],
)
def test_a_seller_uploads_by_the_form_only(
    path: str, kind: str, site: Site, seller: User, shop: Shop
) -> None:
    headers = {"Content_Type": kind, "Content_Length": str(MEGABYTE)}
    assert Sender(site, path, seller, **headers).answer().status == 413


def test_forms_are_read_by_the_request_and_not_by_the_server(site: Site) -> None:
    """Twisted would read it on the event loop, and refuse this one without a page."""
    status, page = send(site, "/nowhere/", b"--edge", Content_Type="multipart/form-data")
    assert status == 400
    assert "That didn't work" in page


def test_a_refusal_speaks_the_readers_language(site: Site) -> None:
    headers = {"Content_Length": str(MEGABYTE)}
    page = Sender(site, "/", Accept_Language="es-MX,es;q=0.9", **headers).text()
    assert '<html lang="es">' in page
    answer = Sender(site, "/", Accept=JSON, Accept_Language="xx", **headers).answer()
    assert answer.headers["Content-Type"].startswith(JSON)
    assert '"too_long"' in answer.read().decode()


def test_while_eight_large_bodies_are_on_their_way_the_next_waits(
    site: Site, seller: User, shop: Shop
) -> None:
    headers = {"Content_Type": MULTIPART, "Expect": "100-continue"}
    headers["Content_Length"] = str(MEGABYTE)
    under_way = [Sender(site, UPLOAD, seller, **headers) for _ in range(settings.UPLOADS_AT_ONCE)]
    for sender in under_way:
        assert b" 100 " in sender.line.recv(100)
    status, _page = send(site, UPLOAD, form_with(bytes(MEGABYTE)), seller)
    assert status == 503
    for sender in under_way:
        sender.line.close()
    while status == 503:  # until the server has noticed that they are gone
        status, _page = send(site, UPLOAD, form_with(bytes(MEGABYTE)), seller)
    assert status == 400
