"""People who upload large photos again and again while others talk.

Like `page_readers`, they run in a separate process.
"""

import contextlib
import http.client
import io
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence

from PIL import Image

from .client import Endpoint

HOST = "shop.example.com"
TOKEN = "t" * 32
BOUNDARY = "a-photo-in-a-form"
MEGABYTE = 1024**2
STORED, LATER = 200, 503  # 503: so many others are decoded that it has to wait


@contextlib.contextmanager
def uploading(port: int, endpoints: Sequence[Endpoint], number: int) -> Iterator[None]:
    """Let the last shoppers upload photos until the end of the block.

    Args:
        endpoints: of shoppers and sellers, alternating.
        number: the number of people; may be 0.
    """
    if not number:
        yield
        return
    people = [f"{one.conversation}:{one.cookie}" for one in endpoints[::2]][-number:]
    command = [sys.executable, "-m", __name__, str(port), *people]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or process.stdout.readline() != b"ready\n":
                raise RuntimeError("a photo could not be drawn")
            yield
            if process.poll() is not None:
                raise RuntimeError("a photo could not be uploaded")
        finally:
            process.kill()


def main(port: int, people: Sequence[str]) -> None:
    """Upload until killed; exit if an upload fails."""
    failed = threading.Event()
    content = photo()
    print("ready", flush=True)  # noqa: T201
    for person in people:
        conversation, cookie = person.split(":")
        given = (port, int(conversation), cookie, content, failed)
        threading.Thread(target=_upload, args=given, daemon=True).start()
    failed.wait()
    sys.exit("A photo could not be uploaded.")


def photo() -> bytes:
    """Return a noisy JPEG of 12 megapixels and nearly 10 MB, as phones take them."""
    buffer = io.BytesIO()
    noise = Image.frombytes("RGB", (4000, 3000), os.urandom(4000 * 3000 * 3))
    noise.save(buffer, "JPEG", quality=85)
    if not 6 * MEGABYTE < buffer.tell() <= 10 * MEGABYTE:
        raise ValueError(f"{buffer.tell()} bytes are not about 10 MB")
    return buffer.getvalue()


def _upload(
    port: int, conversation: int, cookie: str, content: bytes, failed: threading.Event
) -> None:
    try:
        while True:
            status, answer = _post(port, conversation, cookie, content)
            if status not in (STORED, LATER):
                raise RuntimeError(f"{status}: {answer[:200]!r}")
    finally:
        failed.set()


def _post(port: int, conversation: int, cookie: str, content: bytes) -> tuple[int, bytes]:
    fields = f"Content-Disposition: form-data; name=client_id\r\n\r\n{uuid.uuid4()}\r\n"
    file = "Content-Disposition: form-data; name=file; filename=photo.jpg\r\n\r\n"
    before = f"--{BOUNDARY}\r\n{fields}--{BOUNDARY}\r\n{file}"
    headers = {
        "Host": HOST,
        "Origin": f"https://{HOST}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.8",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": f"csrftoken={TOKEN}; sessionid={cookie}",
        "X-CSRFToken": TOKEN,
        "Accept": "application/json",
    }
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        whole = before.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        line.request("POST", f"/conversation/{conversation}/files/", whole, headers)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
