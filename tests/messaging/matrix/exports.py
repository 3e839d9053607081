"""Actions on exports."""

from django.test import Client

from tests.messaging.matrix.scene import Scene


def export(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.post(f"{scene.address}export/")
    return answer.status_code, answer.getvalue().startswith(b"PK")


def see_exports(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}export/")
    return answer.status_code, f"export/{scene.export.pk}/" in answer.text


def fetch_export(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}export/{scene.export.pk}/")
    return answer.status_code, answer.getvalue() == b"PK"
