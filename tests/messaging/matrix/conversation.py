"""Actions on a conversation and its messages, including staff actions."""

import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from messaging.models import (
    Conversation,
    ConversationLabel,
    DismissedWarning,
    Message,
    Nudge,
    Participant,
    PresenceChoice,
    Reaction,
    Report,
)
from tests.messaging.matrix.scene import Act, Scene


def send(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Mine", "client_id": str(uuid.uuid4())}
    status = client.post(f"{scene.address}new_message/", form).status_code
    return status, Message.objects.filter(body="Mine").exists()


def list(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/")
    return answer.status_code, scene.address in answer.text


def read(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.address)
    return answer.status_code, "Is it glazed?" in answer.text


def catch_up(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/?since=1")
    return answer.status_code, "Yes, inside too." in answer.text


def see_around(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/?around=1")
    return answer.status_code, "Is it glazed?" in answer.text


def search_within(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}search/?words=glazed")
    return answer.status_code, "<mark>glazed</mark>" in answer.text


def go_to_day(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}?date=2000-01-01")
    address = str(answer.get("Location", ""))
    return answer.status_code, address == f"{scene.address}?around=1#message-1"


def mark_read(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}read/", {"sequence": 2}).status_code
    return status, Participant.objects.filter(last_read_sequence=2).exists()


def on_list(act: str, done: Callable[[], bool], **fields: str) -> "Act":
    """Return the action that the form for many conversations does with this one."""

    def perform(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
        form = {"act": act, "conversation": scene.conversation.pk, **fields}
        return client.post("/conversations/acts/", form).status_code, done()

    return perform


def has(**conditions: Any) -> Callable[[], bool]:
    return lambda: Participant.objects.filter(**conditions).exists()


def label(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"act": "label", "conversation": scene.conversation.pk, "label": scene.label.pk}
    status = client.post("/conversations/acts/", form).status_code
    return status, ConversationLabel.objects.exists()


def assign(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"act": "assign", "conversation": scene.conversation.pk, "user": scene.seller.pk}
    status = client.post("/conversations/acts/", form).status_code
    return status, Conversation.objects.filter(assignee=scene.seller).exists()


def choices(kind: str, offer: str) -> "Act":
    def ask(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
        form = {"act": kind, "conversation": scene.conversation.pk}
        answer = client.post("/conversations/acts/choices/", form)
        return answer.status_code, offer in answer.text

    return ask


def nudge(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    json = {"accept": "application/json"}
    status = client.post(f"{scene.address}nudge/", headers=json).status_code
    return status, Nudge.objects.exists()


def read_nudge(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}nudge/read/").status_code
    return status, status == 204


def choose_what_to_show(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post("/conversations/presence/", {"shows_read": "on"}).status_code
    return status, PresenceChoice.objects.filter(hides_typing=True, hides_read=False).exists()


def on_message(client: Client, message: Message, **fields: str) -> int:
    path = f"/conversation/{message.conversation_id}/messages/{message.sequence}/"
    return client.post(path, fields).status_code


def edit(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    message = scene.own(person)
    status = on_message(client, message, act="edit", body="Mine")
    return status, Message.objects.filter(pk=message.pk, body="Mine").exists()


def withdraw(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = on_message(client, scene.own(person), act="withdraw")
    return status, Message.objects.filter(withdrawn_at__isnull=False).exists()


def react(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = on_message(client, scene.other_sides(person), act="react", reaction="👍")
    return status, Reaction.objects.filter(reaction="👍").exists()


def quote(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Mine", "client_id": str(uuid.uuid4()), "quote": "2"}
    status = client.post(f"{scene.address}new_message/", form).status_code
    return status, Message.objects.filter(quote=2).exists()


def see_message(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/1/")
    return answer.status_code, "Is it glazed?" in answer.text


def see_earlier(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/{scene.answered.sequence}/")
    return answer.status_code, "Yes, inside tooo." in answer.text


def report(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    message = scene.other_sides(person)
    form = {"reason": "spam", "words": "Look"}
    status = client.post(f"{scene.address}messages/{message.sequence}/report/", form).status_code
    return status, Report.objects.filter(message=message).exists()


def dismiss(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    sequence = 2 if person == "shopper" else 1
    path = f"{scene.suspicious.get_absolute_url()}messages/{sequence}/"
    status = client.post(path, {"act": "dismiss"}).status_code
    return status, DismissedWarning.objects.exists()


def leave(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.suspicious.get_absolute_url()}messages/1/links/0/")
    return answer.status_code, 'href="https://odd.example/x"' in answer.text
