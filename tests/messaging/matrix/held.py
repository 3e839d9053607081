"""Actions on a held message, by its sender and by staff."""

from django.test import Client

from messaging.models import HeldMessage
from tests.messaging.matrix.scene import Scene


def state(scene: Scene) -> str:
    return HeldMessage.objects.get(pk=scene.held.pk).state


def see(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.held.conversation.get_absolute_url())
    return answer.status_code, scene.held.body in answer.text


def take_back(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    address = scene.held.conversation.get_absolute_url()
    status = client.post(f"{address}held/{scene.held.client_id}/").status_code
    return status, state(scene) == "withdrawn"


def release(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/heldmessage/{scene.held.pk}/release/"
    answer = client.post(path, {"reason": "Looked at it"})
    return answer.status_code, state(scene) == "delivered"


def review(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/admin/messaging/heldmessage/{scene.held.pk}/change/")
    leads_to_login = "/login/" in str(answer.get("Location", ""))
    return 401 if leads_to_login else answer.status_code, scene.held.body in answer.text
