"""Message files through nginx, which sends them itself once a Daphne allows it."""

import contextlib
import io
import re
import secrets
import socket
import uuid
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from deploy import services
from deploy.cluster import Cluster
from tests.uploads import PDF, jpeg

from .people import Answer, Person

MEGABYTE = 1024**2


def upload(
    person: Person, conversation: int, content: bytes, name: str = "photo.jpg", **headers: str
) -> Answer:
    boundary = secrets.token_hex()
    body = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=client_id\r\n\r\n{uuid.uuid4()}"
        f"\r\n--{boundary}\r\nContent-Disposition: form-data; name=file; filename={name}\r\n"
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    body += content + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    headers = {"Content_Type": kind, "Accept": "application/json", **headers}
    return person.ask("POST", f"/conversation/{conversation}/files/", body, headers=headers)


def send(person: Person, conversation: int, file: int) -> None:
    fields = {"body": "", "client_id": str(uuid.uuid4()), "files": str(file)}
    path = f"/conversation/{conversation}/new_message/"
    assert person.post(path, fields, Accept="application/json").status == 200


def test_nginx_sends_a_file_only_to_whom_a_daphne_allows_it(
    cluster: Cluster, shopper: Person, seller: Person, conversation: int
) -> None:
    file = upload(shopper, conversation, jpeg(900, 600)).json["id"]
    address = f"/conversation/{conversation}/files/{file}/"
    assert shopper.get(address).status == 200
    assert seller.get(address).status == 404
    send(shopper, conversation, file)
    answer = seller.get(address)
    assert answer.body.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = seller.get(address, If_None_Match=answer.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert Person(cluster.url).get(address).status in (302, 401)
    staff = Person.logged_in(cluster.url, "staff@example.com")
    assert staff.get(address, If_None_Match=answer.headers["ETag"]).status == 404


def test_nginx_sends_a_prepared_export_only_to_its_owner(
    shopper: Person, seller: Person, conversation: int
) -> None:
    for number in range(3):  # more than EXPORT_DIRECT_BYTES
        content = PDF + bytes(8 * MEGABYTE) + PDF
        send(
            shopper,
            conversation,
            upload(shopper, conversation, content, f"{number}.pdf").json["id"],
        )
    address = f"/conversation/{conversation}/export/"
    assert shopper.post(address, {}, Accept="application/json").status == 202

    def ready() -> None:
        [item] = shopper.get(address, Accept="application/json").json["exports"]
        if item["state"] != "ready":
            raise LookupError(item)

    services.wait(ready, LookupError)
    [item] = shopper.get(address, Accept="application/json").json["exports"]
    answer = shopper.get(item["url"])
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1].endswith("-1 2.pdf")
    assert len(answer.body) == item["size"]
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert seller.get(item["url"]).status == 404


def test_a_file_has_no_address_of_its_own(
    cluster: Cluster, shopper: Person, conversation: int
) -> None:
    upload(shopper, conversation, PDF, "rules.pdf")
    folder = Path(cluster.folder, "private")
    stored = [path.relative_to(folder) for path in folder.rglob("*.pdf")]
    assert stored
    for path in stored:
        for place in ("/private-files/", "/media/", "/media/../private/", "/static/../private/"):
            assert shopper.get(f"{place}{path}").status in (400, 404), place


def test_a_file_of_more_than_the_limit_is_refused_before_it_is_read(
    cluster: Cluster, shopper: Person, conversation: int
) -> None:
    path = f"/conversation/{conversation}/files/"
    assert _answer_to_head(cluster, shopper, path, 11 * MEGABYTE) == b"HTTP/1.1 100"
    assert _answer_to_head(cluster, shopper, path, 12 * MEGABYTE) == b"HTTP/1.1 413"
    assert _answer_to_head(cluster, Person(cluster.url), path, MEGABYTE) == b"HTTP/1.1 413"
    page = shopper.get("/products/").text
    contact = f"{re.findall(r'/products/[a-z0-9-]+/', page)[0]}contact/"
    assert _answer_to_head(cluster, Person(cluster.url), contact, MEGABYTE) == b"HTTP/1.1 413"
    assert _answer_to_head(cluster, shopper, contact, 61 * MEGABYTE) == b"HTTP/1.1 100"


def test_an_upload_that_is_cut_off_leaves_nothing(
    cluster: Cluster, shopper: Person, conversation: int
) -> None:
    folder = Path(cluster.folder, "private")
    before = sorted(folder.rglob("*"))
    head = _head(shopper, f"/conversation/{conversation}/files/", MEGABYTE)
    with contextlib.closing(_connect(cluster)) as line:
        line.sendall(head + b"--a\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n")
        line.sendall(b"\r\n" + PDF + bytes(200_000))
    assert shopper.get("/health/").status == 200
    assert sorted(folder.rglob("*")) == before
    assert upload(shopper, conversation, PDF, "rules.pdf").status == 200


def _connect(cluster: Cluster) -> socket.socket:
    address = urlsplit(cluster.url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def _head(person: Person, path: str, size: int) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
        f"X-CSRFToken: {person.cookies.get('csrftoken', '')}\r\nOrigin: {person.site}\r\n"
        f"Content-Type: multipart/form-data; boundary=a\r\nContent-Length: {size}\r\n"
        "Expect: 100-continue\r\n\r\n"
    ).encode()


def _answer_to_head(cluster: Cluster, person: Person, path: str, size: int) -> bytes:
    with contextlib.closing(_connect(cluster)) as line:
        line.sendall(_head(person, path, size))
        return line.recv(12)
