"""Who may do what."""

from datetime import timedelta

from django.utils import timezone

from messaging.models import (
    Conversation,
)
from tests.messaging.matrix import conversation, exports, files, shop
from tests.messaging.matrix.conversation import has, on_list
from tests.messaging.matrix.scene import Act

SIDES = {"shopper", "seller", "colleague"}
SELLERS = {"seller", "colleague"}
STAFF = {"moderator"}
EVERYBODY = SIDES | STAFF | {"former_colleague", "other_seller", "stranger"}
NOT_LOGGED_IN = {"anonymous", "suspended"}  # a suspended person's session counts as nobody's

_soon = timezone.now() + timedelta(hours=3)
# act → who may do it, and the response to others who are logged in
ACTS: dict[str, tuple[Act, set[str], set[int]]] = {
    "list": (conversation.list, SIDES, {200}),
    "read": (conversation.read, SIDES, {404}),
    "send": (conversation.send, SIDES, {404}),
    "upload": (files.upload, SIDES, {404}),
    "see a file": (files.see_file, SIDES, {404}),
    "see an unsent file": (files.see_unsent_file, {"shopper"}, {404}),
    "describe an unsent file": (files.describe_file, {"shopper"}, {404}),
    "discard an unsent file": (files.discard_file, {"shopper"}, {404}),
    "discard an upload": (files.discard_upload, {"shopper"}, {204, 404}),
    "send a file": (files.send_file, {"shopper"}, {404}),
    "see a scheduled file": (files.see_scheduled_file, SELLERS, {404}),
    "schedule a file": (files.schedule_file, {"seller"}, {404}),
    "look at a file": (files.look_at_file, STAFF, {302, 403}),
    "export": (exports.export, SIDES, {404}),
    "see exports": (exports.see_exports, {"shopper"}, {200, 404}),
    "fetch an export": (exports.fetch_export, {"shopper"}, {404}),
    "mark read": (conversation.mark_read, SIDES, {404}),
    "star": (
        on_list("star", has(starred_at__isnull=False)),
        SIDES,
        {404},
    ),
    "archive": (
        on_list("archive", has(archived_sequence=2)),
        SIDES,
        {404},
    ),
    "snooze": (
        on_list("snooze", has(snoozed_sequence=2), until=_soon.isoformat()),
        SIDES,
        {404},
    ),
    "mute": (on_list("mute", has(muted_at__isnull=False)), SIDES, {404}),
    "read many": (
        on_list("mark_read", has(last_read_sequence=2)),
        SIDES,
        {404},
    ),
    "settle": (
        on_list("settle", lambda: Conversation.objects.filter(turn="").exists()),
        SIDES,
        {404},
    ),
    # The last message is the shop's, so that the shopper has nobody to remind.
    "nudge": (conversation.nudge, SELLERS, {403, 404}),
    "read a nudge": (conversation.read_nudge, SIDES, {404}),
    "choose what to show": (conversation.choose_what_to_show, EVERYBODY, set()),
    "assign": (conversation.assign, SELLERS, {404}),
    "label": (conversation.label, SELLERS, {404}),
    "choose a time": (conversation.choices("snooze", "Tomorrow morning"), SIDES, {404}),
    "choose a label": (conversation.choices("label", "Trade prices"), SELLERS, {404}),
    "choose a colleague": (conversation.choices("assign", "Marta"), SELLERS, {404}),
    "list labels": (shop.label_list, SELLERS, {200, 404}),
    "report": (conversation.report, SIDES, {404}),
    "edit": (conversation.edit, {"shopper", "seller"}, {403, 404}),
    "withdraw": (conversation.withdraw, {"shopper", "seller"}, {403, 404}),
    "react": (conversation.react, SIDES, {404}),
    "quote": (conversation.quote, SIDES, {404}),
    "see a message": (conversation.see_message, SIDES, {404}),
    "see its earlier text": (conversation.see_earlier, SELLERS, {200, 404}),
    "catch up": (conversation.catch_up, SIDES, {404}),
    "see older messages": (conversation.see_around, SIDES, {404}),
    "search in it": (conversation.search_within, SIDES, {404}),
    "go to a day": (conversation.go_to_day, SIDES, {404}),
    "see saved replies": (shop.see_replies, SELLERS, {404}),
    "see suggestions": (shop.see_suggestions, SELLERS, {404}),
    "draft a saved reply": (shop.draft_reply, SELLERS, {200, 404}),
    "use a saved reply": (shop.use_reply, SELLERS, {404}),
    "add a saved reply": (shop.add_reply, SELLERS, {404}),
    "change a saved reply": (shop.change_reply, SELLERS, {404}),
    "delete a saved reply": (shop.delete_reply, SELLERS, {404}),
    "see the shop's views": (shop.see_views, SELLERS, {200}),
    "save a view for the shop": (shop.add_view, SELLERS, {400}),
    "rename a shop's view": (shop.rename_view, SELLERS, {404}),
    "delete a shop's view": (shop.delete_view, SELLERS, {404}),
    "colleagues to mention": (shop.list_colleagues, SELLERS, {404}),
    "note.add": (shop.add_note, SELLERS, {404}),
    "notes list": (shop.list_notes, SELLERS, {404}),
    "see opening hours": (shop.see_hours, SELLERS, {404}),
    "set opening hours": (shop.set_hours, {"seller"}, {403, 404}),
    "add days off": (shop.add_day_off, {"seller"}, {403, 404}),
    "set away words": (shop.set_away_words, {"seller"}, {403, 404}),
    "set away until": (shop.set_away, {"seller"}, {403, 404}),
    "see teamwork": (shop.see_teamwork, SELLERS, {404}),
    "set the team's rules": (shop.set_rules, {"seller"}, {403, 404}),
    "choose alerts": (shop.set_alerts, SELLERS, {404}),
    "see alerts": (shop.see_alerts, SIDES, {404}),
    "remove": (conversation.remove, STAFF, {302, 403}),
    "suspend": (conversation.suspend, STAFF, {302, 403}),
}
