"""Export conversations, and read the result."""

import io
import json
import uuid
import zipfile
from typing import Any

from django.test import Client

from accounts.models import User
from messaging import actions
from messaging.models import Conversation, Message
from tests.said import in_log
from tests.uploads import uploaded


def address(conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}export/"


def opened(answer: Any) -> zipfile.ZipFile:
    """Return the ZIP in a response, after checking that it is intact."""
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def exported(client: Client, conversation: Conversation) -> zipfile.ZipFile:
    """Export a small conversation with the form."""
    return opened(client.post(address(conversation)))


def page_of(archive: zipfile.ZipFile) -> str:
    return archive.read("conversation.html").decode()


def json_of(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read("conversation.json"))


def everything_in(archive: zipfile.ZipFile) -> str:
    """Return names and contents as one text, to search it for words."""
    parts = [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    return "\n".join([*archive.namelist(), *parts])


def said_with_files(
    person: User, conversation: Conversation, body: str, *files: tuple[str, bytes]
) -> Message:
    """Send a message with files: (name, content)."""
    ids = [uploaded(person, conversation, content, name).pk for name, content in files]
    sent = in_log(actions.send(person, conversation.pk, uuid.uuid4(), body, ids))
    return Message.objects.get(pk=sent.id)
