"""The scene of the matrix, and what an actor may try there."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.editing.actions import edit
from messaging.factories import SavedReplyFactory, SavedViewFactory
from messaging.models import (
    AlertChoice,
    AwayWords,
    Conversation,
    ConversationLabel,
    File,
    Message,
    MessageVersion,
    Note,
    OpeningHours,
    Participant,
    Reaction,
    Report,
    SavedReply,
    SavedView,
    TeamRules,
    TeamState,
)
from messaging.notes.actions import add as add_note
from messaging.triage import labels
from notifications.models import Notification
from tests.said import say
from tests.uploads import PDF, post_file, uploaded
from trato.audit.models import AuditEntry

MODELS = (
    AlertChoice, AuditEntry, AwayWords, Conversation, ConversationLabel, File, Message,
    MessageVersion, Note, Notification, OpeningHours, Participant, Reaction, Report, SavedReply,
    SavedView, TeamRules, TeamState,
)  # fmt: skip
SIDES = {"shopper", "seller", "colleague"}
TEAM = {"seller", "colleague"}
SELLERS = {"seller", "colleague"}
STAFF = {"moderator"}
NOT_LOGGED_IN = {"anonymous", "suspended"}  # a suspended person's session counts as nobody's


class Scene:
    """A thread with messages from both sides, and an account that nobody needs."""

    def __init__(self, shopper: User, seller: User, conversation: Conversation) -> None:
        self.conversation = conversation
        self.address = conversation.get_absolute_url()
        self.asked = say(shopper, conversation, "Is it glazed?")
        self.answered = say(seller, conversation, "Yes, inside tooo.")
        edit(seller, conversation.pk, 2, "Yes, inside too.")
        self.note = add_note(seller, conversation.pk, uuid.uuid4(), "Ask Iker first")
        self.bystander = UserFactory()
        self.seller, self.label = (
            seller,
            labels.create(seller, conversation.shop_id, "Trade prices", "red"),
        )
        self.reply = SavedReplyFactory(shop=conversation.shop, body="Drawer {{ shopper }}")
        self.view = SavedViewFactory(shop=conversation.shop, name="Every morning")
        self.sent, self.unsent = (uploaded(shopper, conversation, PDF) for _ in range(2))
        File.objects.filter(pk=self.sent.pk).update(message=self.asked)

    def everything(self) -> list[Any]:
        """Return everything that an act could change."""
        return [list(model._default_manager.order_by("pk").values()) for model in MODELS] + [
            list(User.objects.order_by("pk").values_list("pk", "is_active"))
        ]

    def own(self, person: str) -> Message:
        """Return the message of a person's side."""
        return self.asked if person == "shopper" else self.answered

    def other_sides(self, person: str) -> Message:
        return self.answered if person == "shopper" else self.asked


def _send(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Mine", "client_id": str(uuid.uuid4())}
    status = client.post(f"{scene.address}new_message/", form).status_code
    return status, Message.objects.filter(body="Mine").exists()


def _list(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/")
    return answer.status_code, scene.address in answer.text


def _read(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.address)
    return answer.status_code, "Is it glazed?" in answer.text


def _catch_up(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/?since=1")
    return answer.status_code, "Yes, inside too." in answer.text


def _mark_read(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}read/", {"sequence": 2}).status_code
    return status, Participant.objects.filter(last_read_sequence=2).exists()


def _on_list(act: str, done: Callable[[], bool], **fields: str) -> "Act":
    """Return the act that a form on many conversations does with this one."""

    def perform(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
        form = {"act": act, "conversation": scene.conversation.pk, **fields}
        return client.post("/conversations/acts/", form).status_code, done()

    return perform


def _has(**conditions: Any) -> Callable[[], bool]:
    return lambda: Participant.objects.filter(**conditions).exists()


def _label(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"act": "label", "conversation": scene.conversation.pk, "label": scene.label.pk}
    status = client.post("/conversations/acts/", form).status_code
    return status, ConversationLabel.objects.exists()


def _assign(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"act": "assign", "conversation": scene.conversation.pk, "user": scene.seller.pk}
    status = client.post("/conversations/acts/", form).status_code
    return status, Conversation.objects.filter(assignee=scene.seller).exists()


def _choices(kind: str, offer: str) -> "Act":
    def ask(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
        form = {"act": kind, "conversation": scene.conversation.pk}
        answer = client.post("/conversations/acts/choices/", form)
        return answer.status_code, offer in answer.text

    return ask


def _label_list(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/labels/")
    return answer.status_code, "Trade prices" in answer.text


def _on_message(client: Client, message: Message, **fields: str) -> int:
    path = f"/conversation/{message.conversation_id}/messages/{message.sequence}/"
    return client.post(path, fields).status_code


def _edit(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    message = scene.own(person)
    status = _on_message(client, message, act="edit", body="Mine")
    return status, Message.objects.filter(pk=message.pk, body="Mine").exists()


def _withdraw(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _on_message(client, scene.own(person), act="withdraw")
    return status, Message.objects.filter(withdrawn_at__isnull=False).exists()


def _react(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = _on_message(client, scene.other_sides(person), act="react", reaction="👍")
    return status, Reaction.objects.filter(reaction="👍").exists()


def _quote(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Mine", "client_id": str(uuid.uuid4()), "quote": "2"}
    status = client.post(f"{scene.address}new_message/", form).status_code
    return status, Message.objects.filter(quote=2).exists()


def _see_message(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/1/")
    return answer.status_code, "Is it glazed?" in answer.text


def _see_earlier(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}messages/{scene.answered.sequence}/")
    return answer.status_code, "Yes, inside tooo." in answer.text


def _report(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    message = scene.other_sides(person)
    form = {"reason": "spam", "words": "Look"}
    status = client.post(f"{scene.address}messages/{message.sequence}/report/", form).status_code
    return status, Report.objects.filter(message=message).exists()


def _add_note(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"body": "Between us", "client_id": str(uuid.uuid4())}
    status = client.post(f"{scene.address}notes/", form).status_code
    return status, Note.objects.filter(body="Between us").exists()


def _list_notes(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}notes/?since=0")
    return answer.status_code, "Ask Iker first" in answer.text


def _list_colleagues(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}notes/people/")
    return answer.status_code, '"notes.people"' in answer.text


def _remove(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/messaging/conversation/message/{scene.asked.pk}/remove/"
    status = client.post(path, {"rule": "off_platform", "reason": "Phone number"}).status_code
    return status, Message.objects.filter(pk=scene.asked.pk, removed_at__isnull=False).exists()


def _suspend(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/admin/accounts/user/{scene.bystander.pk}/suspend/"
    status = client.post(path, {"reason": "Scam"}).status_code
    return status, User.objects.filter(pk=scene.bystander.pk, is_active=False).exists()


def _see_replies(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}saved-replies/", headers={"accept": "application/json"})
    return answer.status_code, "Drawer Luc" in answer.text


def _see_suggestions(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}suggestions/", headers={"accept": "application/json"})
    return answer.status_code, '"items"' in answer.text


def _draft_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}?reply={scene.reply.pk}")
    return answer.status_code, "Drawer Luc" in answer.text


def _use_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}saved-replies/{scene.reply.pk}/use/").status_code
    return status, SavedReply.objects.filter(uses=1).exists()


def _add_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "short": "new", "body": "New"}
    path = f"/saved-replies/new/?shop={scene.conversation.shop_id}"
    return client.post(path, form).status_code, SavedReply.objects.filter(name="New").exists()


def _change_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "short": "new", "body": "New", "revision": 1}
    path = f"/saved-replies/{scene.reply.pk}/"
    return client.post(path, form).status_code, SavedReply.objects.filter(name="New").exists()


def _delete_reply(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"/saved-replies/{scene.reply.pk}/delete/").status_code
    return status, not SavedReply.objects.exists()


def _see_views(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/")
    return answer.status_code, "Every morning" in answer.text


def _add_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"name": "New", "shop": scene.conversation.shop_id, "query": "lane=ours"}
    status = client.post("/conversations/views/new/", form).status_code
    return status, SavedView.objects.filter(name="New").exists()


def _rename_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"/conversations/views/{scene.view.pk}/"
    status = client.post(path, {"name": "New"}).status_code
    return status, SavedView.objects.filter(name="New").exists()


def _delete_view(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"/conversations/views/{scene.view.pk}/delete/").status_code
    return status, not SavedView.objects.exists()


def _see_hours(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/conversations/hours/?shop={scene.conversation.shop_id}")
    return answer.status_code, "Every week" in answer.text


def _set_hours(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "week", "day0": "9-13"}
    status = client.post("/conversations/hours/", form).status_code
    return status, OpeningHours.objects.exists()


def _add_day_off(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "holidays", "country": "ES"}
    status = client.post("/conversations/hours/", form).status_code
    return status, OpeningHours.objects.exists()


def _set_away_words(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "words", "is_on": "on", "words": "Closed"}
    status = client.post("/conversations/away/", form).status_code
    return status, AwayWords.objects.filter(is_on=True).exists()


def _set_away(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    until = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT12:00")
    form = {"shop": scene.conversation.shop_id, "act": "away", "until": until, "until_words": "x"}
    status = client.post("/conversations/away/", form).status_code
    return status, AwayWords.objects.exclude(until=None).exists()


def _set_rules(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "rules"}
    status = client.post("/conversations/team/", form).status_code
    return status, TeamRules.objects.filter(replying_takes=False).exists()


def _set_alerts(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"shop": scene.conversation.shop_id, "act": "alerts", "level": "mine"}
    status = client.post("/conversations/team/", form).status_code
    return status, AlertChoice.objects.filter(level="mine").exists()


def _see_alerts(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}alerts/")
    return answer.status_code, '"alerts":true' in answer.text


def _see_teamwork(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"/conversations/team/?shop={scene.conversation.shop_id}")
    return answer.status_code, "For the whole team" in answer.text


def _upload(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = post_file(client, scene.conversation, PDF).status_code
    return status, File.objects.count() == 3


def _see_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.sent.url)
    return answer.status_code, answer.content == PDF


def _see_unsent_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(scene.unsent.url)
    return answer.status_code, answer.content == PDF


def _describe_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(scene.unsent.url, {"alt": "Rules"}).status_code
    return status, File.objects.filter(alt="Rules").exists()


def _discard_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    return client.delete(scene.unsent.url).status_code, File.objects.count() == 1


def _send_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    form = {"client_id": str(uuid.uuid4()), "body": "Mine", "files": scene.unsent.pk}
    json = {"accept": "application/json"}
    status = client.post(f"{scene.address}new_message/", form, headers=json).status_code
    return status, File.objects.filter(message__body="Mine").exists()


def _look_at_file(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    thread = f"/admin/messaging/conversation/{scene.conversation.pk}/thread/"
    looked = client.post(thread)
    if looked.status_code != 302 or not looked["Location"].endswith(thread):
        return looked.status_code, False
    answer = client.get(f"{thread}files/{scene.sent.pk}/")
    return answer.status_code, answer.content == PDF


_soon = timezone.now() + timedelta(hours=3)
Act = Callable[[Client, Scene, str], tuple[int, bool]]
# act → who may do it, and the response to others who are logged in
ACTS: dict[str, tuple[Act, set[str], set[int]]] = {
    "list": (_list, SIDES, {200}),
    "read": (_read, SIDES, {404}),
    "send": (_send, SIDES, {404}),
    "upload": (_upload, SIDES, {404}),
    "see a file": (_see_file, SIDES, {404}),
    "see an unsent file": (_see_unsent_file, {"shopper"}, {404}),
    "describe an unsent file": (_describe_file, {"shopper"}, {404}),
    "discard an unsent file": (_discard_file, {"shopper"}, {404}),
    "send a file": (_send_file, {"shopper"}, {404}),
    "look at a file": (_look_at_file, STAFF, {302, 403}),
    "mark read": (_mark_read, SIDES, {404}),
    "star": (_on_list("star", _has(starred_at__isnull=False)), SIDES, {404}),
    "archive": (_on_list("archive", _has(archived_sequence=2)), SIDES, {404}),
    "snooze": (
        _on_list("snooze", _has(snoozed_sequence=2), until=_soon.isoformat()),
        SIDES,
        {404},
    ),
    "mute": (_on_list("mute", _has(muted_at__isnull=False)), SIDES, {404}),
    "read many": (_on_list("mark_read", _has(last_read_sequence=2)), SIDES, {404}),
    "settle": (
        _on_list("settle", lambda: Conversation.objects.filter(turn="").exists()),
        SIDES,
        {404},
    ),
    "assign": (_assign, TEAM, {404}),
    "label": (_label, TEAM, {404}),
    "choose a time": (_choices("snooze", "Tomorrow morning"), SIDES, {404}),
    "choose a label": (_choices("label", "Trade prices"), TEAM, {404}),
    "choose a colleague": (_choices("assign", "Marta"), TEAM, {404}),
    "list labels": (_label_list, TEAM, {200, 404}),
    "report": (_report, SIDES, {404}),
    "edit": (_edit, {"shopper", "seller"}, {403, 404}),
    "withdraw": (_withdraw, {"shopper", "seller"}, {403, 404}),
    "react": (_react, SIDES, {404}),
    "quote": (_quote, SIDES, {404}),
    "see a message": (_see_message, SIDES, {404}),
    "see its earlier text": (_see_earlier, SELLERS, {200, 404}),
    "catch up": (_catch_up, SIDES, {404}),
    "see saved replies": (_see_replies, SELLERS, {404}),
    "see suggestions": (_see_suggestions, SELLERS, {404}),
    "draft a saved reply": (_draft_reply, SELLERS, {200, 404}),
    "use a saved reply": (_use_reply, SELLERS, {404}),
    "add a saved reply": (_add_reply, SELLERS, {404}),
    "change a saved reply": (_change_reply, SELLERS, {404}),
    "delete a saved reply": (_delete_reply, SELLERS, {404}),
    "see the shop's views": (_see_views, SELLERS, {200}),
    "save a view for the shop": (_add_view, SELLERS, {400}),
    "rename a shop's view": (_rename_view, SELLERS, {404}),
    "delete a shop's view": (_delete_view, SELLERS, {404}),
    "colleagues to mention": (_list_colleagues, SELLERS, {404}),
    "note.add": (_add_note, SELLERS, {404}),
    "notes list": (_list_notes, SELLERS, {404}),
    "see opening hours": (_see_hours, SELLERS, {404}),
    "set opening hours": (_set_hours, {"seller"}, {403, 404}),
    "add days off": (_add_day_off, {"seller"}, {403, 404}),
    "set away words": (_set_away_words, {"seller"}, {403, 404}),
    "set away until": (_set_away, {"seller"}, {403, 404}),
    "see teamwork": (_see_teamwork, SELLERS, {404}),
    "set the team's rules": (_set_rules, {"seller"}, {403, 404}),
    "choose alerts": (_set_alerts, SELLERS, {404}),
    "see alerts": (_see_alerts, SIDES, {404}),
    "remove": (_remove, STAFF, {302, 403}),
    "suspend": (_suspend, STAFF, {302, 403}),
}
