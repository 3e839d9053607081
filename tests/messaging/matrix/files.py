"""Actions on files."""

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from messaging.models import (
    File,
)
from tests.messaging.matrix.scene import Scene
from tests.uploads import PDF, post_file


def upload(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = post_file(client, scene.conversation, PDF).status_code
    return status, File.objects.count() == 5


def see_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.sent.url)
    return answer.status_code, answer.content == PDF


def see_unsent_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.unsent.url)
    return answer.status_code, answer.content == PDF


def describe_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(scene.unsent.url, {"alt": "Rules"}).status_code
    return status, File.objects.filter(alt="Rules").exists()


def discard_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return client.delete(scene.unsent.url).status_code, File.objects.count() == 3


def discard_upload(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    files = f"{scene.address}files/?client_id={scene.unsent.client_id}"
    status = client.delete(files).status_code
    return status, File.objects.count() == 3


def send_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"client_id": str(uuid.uuid4()), "body": "Mine", "files": scene.unsent.pk}
    json = {"accept": "application/json"}
    status = client.post(f"{scene.address}new_message/", form, headers=json).status_code
    return status, File.objects.filter(message__body="Mine").exists()


def see_scheduled_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.scheduled.url)
    return answer.status_code, answer.content == PDF


def schedule_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    file = scene.unsent_of_seller
    form = {
        "client_id": str(uuid.uuid4()),
        "body": "Later",
        "files": file.pk,
        "send_at": (timezone.now() + timedelta(hours=2)).isoformat(),
    }
    json = {"accept": "application/json"}
    status = client.post(f"{scene.address}scheduled/", form, headers=json).status_code
    return status, File.objects.filter(scheduled__body="Later").exists()


def look_at_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thread = f"/admin/messaging/conversation/{scene.conversation.pk}/thread/"
    looked = client.post(thread, {"reason": "Odd"})
    if looked.status_code != 302 or not looked["Location"].endswith(thread):
        return looked.status_code, False
    answer = client.get(f"{thread}files/{scene.sent.pk}/")
    return answer.status_code, answer.content == PDF
