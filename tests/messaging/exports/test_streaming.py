"""The cost of an export of 200 MB: little memory, and nothing once the client leaves."""

import http.client
import os
import time
import uuid
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings

from accounts.models import User
from messaging.models import Conversation, Export, File
from tests.exports import address
from tests.patience import PATIENCE
from tests.said import say
from tests.site import CSRF_TOKEN, Site, Visitor, session_of
from tests.whole import only_whole

MEGABYTE = 1024**2
FILES, FILE_MEGABYTES = 25, 8
MEMORY = 60 * MEGABYTE  # a third of the export
MEANWHILE = 30  # requests of somebody else, while a client doesn't read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heavy(conversation: Conversation, shopper: User, tmp_path: Path, settings: Any) -> Conversation:
    """A conversation with files of 200 MB."""
    private = settings.STORAGES["private"] | {"OPTIONS": {"location": f"{tmp_path}/media-private"}}
    settings.STORAGES = settings.STORAGES | {"private": private}
    message = say(shopper, conversation, "All the plans")
    for position in range(FILES):
        row = File.objects.create(
            conversation=conversation, owner=shopper, client_id=uuid.uuid4(), message=message,
            position=position, kind="pdf", name=f"{position}.pdf", extension="pdf",
            size=FILE_MEGABYTES * MEGABYTE, is_ready=True,
        )  # fmt: skip
        path = tmp_path / "media-private" / row.stored_name()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(row.size)
    message.attached = "files"
    message.save()
    return conversation


@pytest.fixture
def session(shopper: User) -> str:
    return session_of(shopper)


def site_for(tmp_path: Path, direct_bytes: int) -> Site:
    return Site.on_test_database(
        tmp_path,
        MEDIA_ROOT=str(tmp_path / "media"),
        DJANGO_SETTINGS_MODULE="tests.messaging.exports.large",
        EXPORT_DIRECT_BYTES=str(direct_bytes),
    )


def ask(site: Site, session: str, method: str, path: str) -> http.client.HTTPResponse:
    """Return a response of which only the headers were read."""
    line = http.client.HTTPConnection("127.0.0.1", site.ports[0], timeout=PATIENCE)
    cookies = f"csrftoken={CSRF_TOKEN}; {site_settings.SESSION_COOKIE_NAME}={session}"
    line.request(method, path, headers={"Cookie": cookies, "X-CSRFToken": CSRF_TOKEN})
    return line.getresponse()


def keep(answer: http.client.HTTPResponse, path: Path) -> Path:
    with path.open("wb") as file:
        while piece := answer.read(MEGABYTE):
            file.write(piece)
    return path


def peak(site: Site) -> int:
    status = Path(f"/proc/{site.processes[0].pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def reads_private_files(site: Site) -> bool:
    for one in Path(f"/proc/{site.processes[0].pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            if "media-private" in os.readlink(one):
                return True
    return False


def is_whole(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None and len(archive.namelist()) == FILES + 2


def look_around(site: Site) -> None:
    """Give the server time, and check that it has time for other requests."""
    for _ in range(MEANWHILE):
        assert Visitor(site).get("/health/").status == 200


@only_whole
def test_a_streamed_export_is_read_as_fast_as_its_client_reads(
    heavy: Conversation, session: str, tmp_path: Path
) -> None:
    with site_for(tmp_path, direct_bytes=1024**3) as site:
        site.start()
        before = site.memory()
        answer = ask(site, session, "POST", address(heavy))
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
        assert answer.read(1000).startswith(b"PK")
        look_around(site)
        assert peak(site) - before < MEMORY
        answer.close()  # the client has disconnected
        deadline = time.monotonic() + PATIENCE
        while reads_private_files(site):
            assert time.monotonic() < deadline
            look_around(site)
        whole = keep(ask(site, session, "POST", address(heavy)), tmp_path / "direct.zip")
        assert is_whole(whole)
        assert peak(site) - before < MEMORY
        assert not Export.objects.exists()


@only_whole
def test_a_prepared_export_takes_as_little(
    heavy: Conversation, session: str, tmp_path: Path
) -> None:
    with site_for(tmp_path, direct_bytes=MEGABYTE) as site:
        site.start()
        before = site.memory()
        assert ask(site, session, "POST", address(heavy)).status == 302
        deadline = time.monotonic() + PATIENCE
        while not (row := Export.objects.get()).size:
            assert time.monotonic() < deadline
            look_around(site)
        answer = ask(site, session, "GET", f"{address(heavy)}{row.pk}/")
        assert answer.read(1000).startswith(b"PK")
        look_around(site)
        assert peak(site) - before < MEMORY
        answer.close()
        whole = keep(ask(site, session, "GET", f"{address(heavy)}{row.pk}/"), tmp_path / "1.zip")
        assert is_whole(whole)
        assert peak(site) - before < MEMORY
