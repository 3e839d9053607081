"""Actions on reports."""

from typing import Any

from django.test import Client

from messaging.models import MutedReporter, Report
from tests.messaging.matrix.scene import Scene


def _file(client: Client, address: str) -> tuple[int, bool]:
    before = Report.objects.count()
    status = client.post(f"{address}report/", {"reason": "scam", "words": "Look"}).status_code
    return status, Report.objects.count() > before


def conversation(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return _file(client, scene.address)


def person(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    other = scene.seller.pk if person == "shopper" else scene.conversation.consumer_id
    return _file(client, f"{scene.address}people/{other}/")


def product(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thing: Any = scene.conversation.product
    return _file(client, thing.get_absolute_url())


def shop(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thing: Any = scene.conversation.shop
    return _file(client, thing.get_absolute_url())


def see_own(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.report.get_absolute_url())
    return answer.status_code, "Zigzag" in answer.text


def list_own(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/reports/")
    return answer.status_code, scene.report.get_absolute_url() in answer.text


def _staff(client: Client, scene: Scene, act: str) -> int:
    address = f"/admin/messaging/report/{scene.report.pk}/{act}/"
    return client.post(address, {"reason": "Clear"}).status_code


def mute(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return _staff(client, scene, "mute"), MutedReporter.objects.exists()


def dismiss(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _staff(client, scene, "dismissed/resolve")
    return status, Report.objects.filter(outcome="dismissed").exists()
