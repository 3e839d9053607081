"""Actions on staff messages, by the two sides and by staff."""

import uuid

from django.test import Client

from messaging.models import StaffMessage
from notifications.models import Notification
from tests.messaging.matrix.scene import Scene


def see(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.address)
    return answer.status_code, scene.from_staff.body in answer.text


def mark_read(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}staff_messages/read/").status_code
    notices = Notification.objects.filter(news__subject_kind="staff_message")
    return status, notices.exclude(read_at=None).exists()


def write(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/staffmessage/case/{scene.case.pk}/write/"
    form = {"client_id": str(uuid.uuid4()), "body": "Stay polite", "reason": "Looked at it"}
    status = client.post(path, form).status_code
    return status, StaffMessage.objects.filter(body="Stay polite").exists()


def take_back(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/staffmessage/{scene.from_staff.pk}/take-back/"
    status = client.post(path, {"reason": "Looked at it"}).status_code
    return status, StaffMessage.objects.get(pk=scene.from_staff.pk).is_taken_back
