"""The table of permissions."""

from datetime import timedelta

from django.utils import timezone

from messaging.models import (
    Conversation,
)
from tests.messaging.matrix import (
    blocks,
    conversation,
    exports,
    files,
    from_staff,
    held,
    looks,
    reports,
    shop,
    standing,
)  # fmt: skip
from tests.messaging.matrix.conversation import has, on_list
from tests.messaging.matrix.scene import Act

SIDES = {"shopper", "seller", "colleague"}
SELLERS = {"seller", "colleague"}
STAFF = {"moderator", "lead"}
AUDITORS = STAFF | {"auditor"}
EVERYBODY = SIDES | AUDITORS | {"former_colleague", "other_seller", "stranger"}
NO_MEMBERS = EVERYBODY - SELLERS
NOT_LOGGED_IN = {"anonymous", "suspended"}  # a suspended person's session counts as nobody's

# What a suspended person may request, too.
OPEN_TO_SUSPENDED = {"see standing", "read a decision", "appeal"}

# Actions that reach the other side. They are refused while one side has blocked the other, and to a
# muted person.
REACHING = {
    "send", "upload", "send a file", "schedule a file", "nudge", "edit", "react", "quote",
}  # fmt: skip

# Visitors without an account may do it too, if they say who they are.
FOR_VISITORS = {"report the product", "report the shop"}

_soon = timezone.now() + timedelta(hours=3)
# action → who may do it, and the response to others who are logged in
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
    "dismiss a warning": (conversation.dismiss, SIDES, {404}),
    "see the page before a link": (conversation.leave, SIDES, {404}),
    "report the conversation": (reports.conversation, SIDES, {404}),
    "report a person": (reports.person, SIDES, {404}),
    "report the product": (reports.product, NO_MEMBERS, {404}),
    "report the shop": (reports.shop, NO_MEMBERS, {404}),
    "see one's report": (reports.see_own, {"shopper"}, {404}),
    "list one's reports": (reports.list_own, {"shopper"}, {200}),
    "take a product off sale": (standing.hide_product, STAFF, {302, 403}),
    "mute a reporter": (reports.mute, STAFF, {302, 403}),
    "dismiss a report": (reports.dismiss, STAFF, {302, 403}),
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
    "delete a saved reply": (shop.delete_reply, SELLERS, {302, 404}),
    "see the shop's views": (shop.see_views, SELLERS, {200}),
    "save a view for the shop": (shop.add_view, SELLERS, {400}),
    "rename a shop's view": (shop.rename_view, SELLERS, {404}),
    "delete a shop's view": (shop.delete_view, SELLERS, {302}),
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
    "ask to block": (blocks.ask_to_block, SIDES, {404}),
    "block": (blocks.block, SIDES, {404}),
    "unblock": (blocks.unblock, SELLERS, {404}),
    "see blocks": (blocks.see_blocks, SELLERS, {200}),
    "see looks of staff": (looks.see, SIDES, {404}),
    "see a message of staff": (from_staff.see, SIDES, {404}),
    "mark messages of staff as read": (from_staff.mark_read, SIDES, {404}),
    "write to both sides": (from_staff.write, STAFF, {302, 403}),
    "take a message of staff back": (from_staff.take_back, STAFF, {302, 403}),
    "see a held message": (held.see, {"shopper"}, {200, 404}),
    "take back a held message": (held.take_back, {"shopper"}, {404}),
    "review a held message": (held.review, STAFF, {200, 401, 403}),
    "deliver a held message": (held.release, STAFF, {302, 403}),
    "reject a held message": (standing.reject_held, STAFF, {302, 403}),
    "see standing": (standing.see_standing, EVERYBODY | {"suspended"}, set()),
    "read a decision": (standing.read_decision, {"shopper"}, {404}),
    "appeal": (standing.appeal, {"shopper"}, {404}),
    "decide": (standing.decide, STAFF, {302, 403}),
    "decide an appeal": (standing.decide_appeal, {"lead"}, {302, 403}),
    "see decisions": (standing.see_decisions, AUDITORS, {401, 403}),
    "see appeals": (standing.see_appeals, AUDITORS, {401, 403}),
    "decide about a report": (standing.decide_about_report, STAFF, {302, 403}),
    "decide about a held message": (standing.decide_about_held, STAFF, {302, 403}),
    "undo a decision": (standing.undo, STAFF, {302, 403}),
    "remove": (standing.remove, STAFF, {302, 403}),
    "suspend": (standing.suspend, STAFF, {302, 403}),
}
