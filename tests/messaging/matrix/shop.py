"""Actions on what a shop's team has: replies, views, notes, hours, rules."""

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from messaging.models import (
    AlertChoice,
    AwayWords,
    Note,
    OpeningHours,
    SavedReply,
    SavedView,
    TeamRules,
)
from tests.messaging.matrix.scene import Scene


def label_list(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/labels/")
    return answer.status_code, "Trade prices" in answer.text


def add_note(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Between us", "client_id": str(uuid.uuid4())}
    status = client.post(f"{scene.address}notes/", form).status_code
    return status, Note.objects.filter(body="Between us").exists()


def list_notes(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}notes/?since=0")
    return answer.status_code, "Ask Iker first" in answer.text


def list_colleagues(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}notes/people/")
    return answer.status_code, '"notes.people"' in answer.text


def see_replies(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}saved-replies/", headers={"accept": "application/json"})
    return answer.status_code, "Drawer Luc" in answer.text


def see_suggestions(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}suggestions/", headers={"accept": "application/json"})
    return answer.status_code, '"items"' in answer.text


def draft_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}?reply={scene.reply.pk}")
    return answer.status_code, "Drawer Luc" in answer.text


def use_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}saved-replies/{scene.reply.pk}/use/").status_code
    return status, SavedReply.objects.filter(uses=1).exists()


def add_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "short": "new", "body": "New"}
    path = f"/saved-replies/new/?shop={scene.conversation.shop_id}"
    return client.post(path, form).status_code, SavedReply.objects.filter(name="New").exists()


def change_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "short": "new", "body": "New", "revision": 1}
    path = f"/saved-replies/{scene.reply.pk}/"
    return client.post(path, form).status_code, SavedReply.objects.filter(name="New").exists()


def delete_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"/saved-replies/{scene.reply.pk}/delete/").status_code
    return status, not SavedReply.objects.exists()


def see_views(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/")
    return answer.status_code, "Every morning" in answer.text


def add_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "shop": scene.conversation.shop_id, "query": "lane=ours"}
    status = client.post("/conversations/views/new/", form).status_code
    return status, SavedView.objects.filter(name="New").exists()


def rename_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/conversations/views/{scene.view.pk}/"
    status = client.post(path, {"name": "New"}).status_code
    return status, SavedView.objects.filter(name="New").exists()


def delete_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"/conversations/views/{scene.view.pk}/delete/").status_code
    return status, not SavedView.objects.exists()


def see_hours(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/conversations/hours/?shop={scene.conversation.shop_id}")
    return answer.status_code, "Every week" in answer.text


def set_hours(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "week", "day0": "9-13"}
    status = client.post("/conversations/hours/", form).status_code
    return status, OpeningHours.objects.exists()


def add_day_off(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "holidays", "country": "ES"}
    status = client.post("/conversations/hours/", form).status_code
    return status, OpeningHours.objects.exists()


def set_away_words(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "words", "is_on": "on", "words": "Closed"}
    status = client.post("/conversations/away/", form).status_code
    return status, AwayWords.objects.filter(is_on=True).exists()


def set_away(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    until = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT12:00")
    form = {"shop": scene.conversation.shop_id, "act": "away", "until": until, "until_words": "x"}
    status = client.post("/conversations/away/", form).status_code
    return status, AwayWords.objects.exclude(until=None).exists()


def set_rules(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "rules"}
    status = client.post("/conversations/team/", form).status_code
    return status, TeamRules.objects.filter(replying_takes=False).exists()


def set_alerts(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "alerts", "level": "mine"}
    status = client.post("/conversations/team/", form).status_code
    return status, AlertChoice.objects.filter(level="mine").exists()


def see_alerts(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}alerts/")
    return answer.status_code, '"alerts":true' in answer.text


def see_teamwork(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/conversations/team/?shop={scene.conversation.shop_id}")
    return answer.status_code, "For the whole team" in answer.text
