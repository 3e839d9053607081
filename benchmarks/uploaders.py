"""People who upload large photos again and again while others talk."""

import contextlib
import functools
import http.client
import io
import os
import uuid
from collections.abc import Sequence

from PIL import Image

from .beside import HOST, work, working
from .client import Endpoint

TOKEN = "t" * 32
BOUNDARY = "a-photo-in-a-form"
MEGABYTE = 1024**2
STORED, LATER = 200, 503  # 503: it has to wait while others are decoded


def uploading(
    port: int, endpoints: Sequence[Endpoint], number: int
) -> contextlib.AbstractContextManager[None]:
    """Let the last shoppers upload photos until the end of the block.

    Args:
        endpoints: of shoppers and sellers, alternating.
        number: the number of people; may be 0.
    """
    people = [f"{one.conversation}:{one.cookie}" for one in endpoints[::2]]
    return working(__name__, port, people[len(people) - number :])


@functools.cache
def photo() -> bytes:
    """Return a noisy JPEG of 12 megapixels and nearly 10 MB, like a phone's photo."""
    buffer = io.BytesIO()
    noise = Image.frombytes("RGB", (4000, 3000), os.urandom(4000 * 3000 * 3))
    noise.save(buffer, "JPEG", quality=85)
    if not 6 * MEGABYTE < buffer.tell() <= 10 * MEGABYTE:
        raise ValueError(f"{buffer.tell()} bytes are not about 10 MB")
    return buffer.getvalue()


def upload(port: int, person: str) -> None:
    """Upload the photo to a conversation.

    Args:
        person: the conversation's ID, a colon, and the cookie of the person's session.

    Raises:
        RuntimeError: the server refused it for good.
    """
    conversation, cookie = person.split(":")
    status, answer = _post(port, int(conversation), cookie)
    if status not in (STORED, LATER):
        raise RuntimeError(f"{status}: {answer[:200]!r}")


def _post(port: int, conversation: int, cookie: str) -> tuple[int, bytes]:
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
        whole = before.encode() + photo() + f"\r\n--{BOUNDARY}--\r\n".encode()
        line.request("POST", f"/conversation/{conversation}/files/", whole, headers)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


if __name__ == "__main__":
    photo()
    work(upload)
