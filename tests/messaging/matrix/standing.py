"""Actions on staff decisions and appeals."""

from django.test import Client

from accounts.models import User
from messaging.models import Appeal, Decision, Message
from tests.messaging.matrix.scene import Scene

REASONS = {
    "reason": "You wrote it", "ground": "terms", "clause": "Be kind", "explanation": "It wasn't",
}  # fmt: skip


def see_standing(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/standing/")
    return answer.status_code, "<h1>My standing</h1>" in answer.text


def read_decision(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/conversations/standing/{scene.decision.pk}/")
    return answer.status_code, "You were rude" in answer.text


def appeal(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/conversations/standing/{scene.decision.pk}/"
    status = client.post(path, {"words": "I wasn't"}).status_code
    return status, Appeal.objects.filter(decision=scene.decision).exists()


def decide(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _decide(client, f"person={scene.bystander.pk}", "warn", scene.bystander)
    return status, Decision.objects.filter(facts=REASONS["reason"]).exists()


def suspend(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _decide(client, f"person={scene.bystander.pk}", "suspend", scene.bystander)
    return status, User.objects.filter(pk=scene.bystander.pk, is_active=False).exists()


def remove(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thread = f"/admin/messaging/conversation/{scene.conversation.pk}/thread/"
    client.post(thread, {"reason": "Odd"})  # a look comes first
    status = _decide(client, f"message={scene.asked.pk}", "remove", scene.asked.sender)
    return status, Message.objects.filter(pk=scene.asked.pk, removed_at__isnull=False).exists()


def decide_about_report(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _decide(client, f"report={scene.report.pk}", "warn", scene.seller)
    return status, Decision.objects.filter(report=scene.report).exists()


def decide_about_held(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _decide(client, f"held={scene.held.pk}", "close", scene.held.sender)
    return status, Decision.objects.filter(conversation=scene.held.conversation).exists()


def reject_held(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _decide(client, f"held={scene.held.pk}", "reject", scene.held.sender)
    return status, Decision.objects.filter(held=scene.held, measure="reject").exists()


def hide_product(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thing = scene.report.product
    owner = thing.shop.memberships.get(role="owner").user
    status = _decide(client, f"report={scene.report.pk}", "hide", owner)
    thing.refresh_from_db()
    return status, thing.is_hidden


def undo(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/decision/{scene.decision.pk}/undo/"
    status = client.post(path, {"reason": "A mistake"}).status_code
    return status, Decision.objects.exclude(overturned_at=None).exists()


def _decide(client: Client, about: str, measure: str, whom: User) -> int:
    keys = Decision.objects.filter(person=whom).order_by("-pk").values_list("pk", flat=True)
    form = {"measure": measure, "days": "", "seen": keys.first() or 0, **REASONS}
    return client.post(f"/admin/messaging/decision/decide/?{about}", form).status_code


def decide_appeal(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/appeal/{scene.appeal.pk}/decide/"
    status = client.post(path, {"outcome": "overturned", "reason": ""}).status_code
    return status, Appeal.objects.filter(outcome="overturned").exists()


def see_decisions(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return _see(client, f"/admin/messaging/decision/{scene.decision.pk}/change/", "You were rude")


def see_appeals(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return _see(client, f"/admin/messaging/appeal/{scene.appeal.pk}/change/", "It was my sister")


def _see(client: Client, address: str, words: str) -> tuple[int, bool]:
    answer = client.get(address)
    leads_to_login = "/login/" in str(answer.get("Location", ""))
    return 401 if leads_to_login else answer.status_code, words in answer.text
