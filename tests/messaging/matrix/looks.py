"""Actions on staff looks."""

from django.test import Client

from tests.messaging.matrix.scene import Scene


def see(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}looks/")
    return answer.status_code, "To check whether our rules are kept" in answer.text
