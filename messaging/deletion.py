"""The effects of deleting an account on conversations.

The person's conversations as a shopper end, and so do the conversations of shops that close: nobody
can write there any more. The person's own text disappears, the other side's stays. What the person
wrote for a shop that continues belongs to the shop, and stays under the shop's name.
"""

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from notifications import actions as notifications
from trato.audit import actions as audit
from trato.deletion import Part
from trato.people import Person, is_deleted
from trato.realtime import groups

from . import events, search
from .access import consumer_group
from .cases import actions as cases
from .cases.frames import announce_renamed
from .exports import actions as exports
from .files import actions as files
from .host import host
from .lanes import actions as lanes
from .lanes.turns import Turn
from .models import (
    ASSIGNED_KIND,
    MENTION_KIND,
    NUDGE_KIND,
    SUBJECT_KIND,
    AlertChoice,
    Appeal,
    Assignment,
    Block,
    Case,
    Conversation,
    Decision,
    DismissedWarning,
    Export,
    File,
    HeldMessage,
    KeptQuestion,
    LastActive,
    Message,
    MessageTrace,
    MessageVersion,
    Note,
    Nudge,
    Objection,
    Participant,
    PersonTrust,
    Reaction,
    ReadBefore,
    RecallWarning,
    Report,
    SavedReply,
    SavedReplyFile,
    SavedView,
    Side,
)
from .ownership import owned_by
from .team.assignment import assign

# How many ended conversations, changed messages and assignees are announced one by one. Open pages
# get the others with the heartbeat, or when they load.
ANNOUNCED_MAX = 100
FORGOTTEN = "–"  # replaces what staff quoted from a person


def _erase(person: Person) -> None:
    ending = Conversation.objects.filter(
        Q(consumer_id=person.pk) | Q(shop_id__in=host.shops_closing_with(person))
    )
    answered = Message.objects.filter(sender_id=person.pk, side=Side.SELLER)
    held = HeldMessage.objects.filter(sender_id=person.pk, conversation=OuterRef("pk"))
    is_answered = Exists(answered.filter(conversation=OuterRef("pk")))
    touched = Conversation.objects.filter(is_answered | Exists(held))
    assigned = Conversation.objects.filter(assignee_id=person.pk)
    # All of them together, because conversations are locked in the order of their keys.
    locked = (ending | touched | assigned).order_by("pk").select_for_update(no_key=True)
    ids = set(locked.values_list("pk", flat=True))
    _rename_in_open_pages(answered)
    ended = list(ending.values_list("pk", flat=True))
    _end(ending.filter(ended_at=None))
    lanes.move(ending.filter(pk__in=ended).order_by("pk"), lambda _row: Turn())
    _empty_messages(person, ending)
    _delete_files(person)
    shoppers = Conversation.objects.filter(pk__in=ids).values("consumer_id")
    with_words = Q(conversation__in=ids) | Q(conversation=None, owner__in=shoppers)
    exports.delete(Export.objects.filter(Q(owner=person.pk) | with_words))
    Note.objects.filter(author_id=person.pk, conversation__in=ending).update(body="")
    own = Participant.objects.filter(user_id=person.pk, conversation__consumer_id=person.pk)
    list(own.select_for_update(no_key=True).order_by("conversation_id", "user_id"))
    own.delete()
    released = assigned.order_by("-last_message_at")[:ANNOUNCED_MAX]
    assign([(row, None) for row in released], actor=person)
    assigned.update(assignee=None)
    named = Assignment.objects.filter(Q(actor_id=person.pk) | Q(conversation__in=ending))
    notifications.forget(ASSIGNED_KIND, named.values_list("pk", flat=True))
    notifications.forget(SUBJECT_KIND, ended)
    notifications.forget(NUDGE_KIND, ended)
    Nudge.objects.filter(conversation__in=ending).delete()
    LastActive.objects.filter(user_id=person.pk).delete()
    notifications.drop_name(SUBJECT_KIND, ids.difference(ended), f"{host.display_name(person)} · ")
    written = Note.objects.filter(author_id=person.pk).exclude(mentions=[])
    notifications.forget(MENTION_KIND, written.values_list("pk", flat=True))
    HeldMessage.objects.filter(sender_id=person.pk).delete()
    Objection.objects.filter(sender_id=person.pk).delete()
    for subject in Case.objects.filter(
        kind=Case.Kind.HELD, person=person.pk, closed_at=None
    ).values_list("subject", flat=True):
        cases.close_case(Case.Kind.HELD, subject)
    about_person = Case.objects.filter(person=person.pk, closed_at=None)
    for case_id in about_person.values_list("pk", flat=True)[:ANNOUNCED_MAX]:
        announce_renamed(case_id)
    filed = Report.objects.filter(reporter_id=person.pk)
    filed.exclude(outcome="", is_set_aside=False).update(words="")
    forget_quotes(person)
    about = Report.objects.filter(person_id=person.pk)
    about.update(person_name="")
    notifications.forget(Report.NEWS_KIND, about.values_list("pk", flat=True))  # they name them
    _delete_blocks(person)
    AlertChoice.objects.filter(user_id=person.pk).delete()
    DismissedWarning.objects.filter(user_id=person.pk).delete()
    RecallWarning.objects.filter(user_id=person.pk).delete()
    PersonTrust.objects.filter(user_id=person.pk).delete()
    MessageTrace.objects.filter(message__sender_id=person.pk, message__body="").delete()
    KeptQuestion.objects.filter(writer=str(person.pk)).delete()
    closing = host.shops_closing_with(person)
    files.delete(SavedReplyFile.objects.filter(owned_by(person.pk, closing)))
    for model in (SavedReply, SavedView):
        model.objects.filter(owned_by(person.pk, closing)).delete()
    search.drop_deleted_words()


def forget_quotes(person: Person) -> None:
    """Empty what staff quoted of a person in decisions, answers to appeals and the audit trail.

    Quotes that concern a decision with an open appeal stay until the appeal is decided.
    """
    open_appeals = Appeal.objects.filter(decision=OuterRef("pk"), outcome="")
    decided = Decision.objects.filter(~Exists(open_appeals), person=person.pk)
    answered = Appeal.objects.filter(decision__in=decided)
    closed = Report.objects.filter(blamed_person=person.pk).exclude(outcome="")
    subjects = [f"decision:{pk}" for pk in decided.values_list("pk", flat=True)]
    subjects += [f"appeal:{pk}" for pk in answered.values_list("pk", flat=True)]
    subjects += [f"report:{pk}" for pk in closed.values_list("pk", flat=True)]
    answered.exclude(answer="").update(answer=FORGOTTEN)
    answered.update(words="")
    decided.exclude(facts=FORGOTTEN).update(facts=FORGOTTEN)
    audit.forget_words(subjects)


def forget_if_deleted(person: Person) -> None:
    """Call `forget_quotes` if the account is deleted: staff have just written more about it."""
    if is_deleted(person):
        forget_quotes(person)


def _rename_in_open_pages(answered: QuerySet[Message]) -> None:
    """Make shoppers' open pages show the shop's name in place of a person's, as new pages do."""
    newest = Conversation.objects.filter(Exists(answered.filter(conversation=OuterRef("pk"))))
    newest = newest.order_by("-last_message_at")[:ANNOUNCED_MAX]
    names = {consumer_group(pk) for pk in newest.values_list("consumer_id", flat=True)}
    if names:
        groups.send_on_commit(sorted(names), {"type": "members.changed"})


def _end(rows: QuerySet[Conversation]) -> None:
    """End conversations. Each gets a new revision, so that open pages notice."""
    newest = rows.order_by("-last_message_at").values_list("pk", flat=True)[:ANNOUNCED_MAX]
    announced = list(newest)
    rows.update(ended_at=timezone.now(), revision=F("revision") + 1)
    events.conversations_ended(Conversation.objects.filter(pk__in=announced))


def _empty_messages(person: Person, ending: QuerySet[Conversation]) -> None:
    """Empty a person's messages and delete their reactions, each under a new revision.

    Staff still need the text of a message with an open report that isn't set aside;
    `reports.forgetting` empties it when the report is closed or set aside.
    """
    message, conversation = Message._meta.db_table, Conversation._meta.db_table
    reaction = Reaction._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {message} SET
                    body = CASE WHEN is_own AND NOT EXISTS (
                                    SELECT 1 FROM {Report._meta.db_table} r
                                    WHERE r.message_id = {message}.id AND r.outcome = ''
                                        AND NOT r.is_set_aside)
                                THEN '' ELSE body END,
                    removed_at = CASE WHEN is_own THEN coalesce(removed_at, %s)
                                      ELSE removed_at END,
                    is_reacted = EXISTS (SELECT 1 FROM {reaction} r
                                         WHERE r.message_id = {message}.id AND r.user_id <> %s),
                    revision = changed.revision
                FROM (SELECT m.id, m.sender_id = %s AS is_own,
                             c.revision + row_number()
                                 OVER (PARTITION BY c.id ORDER BY m.sequence) AS revision
                      FROM (SELECT id FROM {message}
                            WHERE sender_id = %s AND (removed_at IS NULL OR body <> '')
                            UNION SELECT message_id FROM {reaction} WHERE user_id = %s) touched
                      JOIN {message} m ON m.id = touched.id
                      JOIN {conversation} c ON c.id = m.conversation_id
                      WHERE c.ended_at IS NOT NULL) AS changed
                WHERE changed.id = {message}.id""",
            [timezone.now(), *[person.pk] * 4],
        )
    messages = Message.objects.filter(conversation=OuterRef("pk")).values("conversation")
    top = Subquery(messages.values(top=Max("revision")))
    ending.update(revision=Greatest("revision", Coalesce(top, "revision")))
    emptied = MessageVersion.objects.filter(message__sender_id=person.pk, message__body="")
    emptied.filter(message__conversation__in=ending).delete()
    given = Reaction.objects.filter(
        user_id=person.pk, message__conversation__ended_at__isnull=False
    )
    newest = given.order_by("-message").values_list("message", flat=True)[:ANNOUNCED_MAX]
    reacted = list(newest)
    given.delete()
    changed = Message.objects.filter(
        Q(sender_id=person.pk) | Q(pk__in=reacted), conversation__in=ending
    )
    for row in changed.select_related("sender", "conversation").order_by("-pk")[:ANNOUNCED_MAX]:
        events.message_changed(row)


def _delete_blocks(person: Person) -> None:
    """Delete all blocks by or against a person as a shopper, and those of shops that close."""
    gone = Q(consumer_id=person.pk) | Q(shop_id__in=host.shops_closing_with(person))
    Block.objects.filter(gone).delete()
    blocked = Conversation.objects.filter(gone).exclude(blocked_by="")
    ReadBefore.objects.filter(conversation__in=blocked).delete()
    blocked.update(blocked_by="")


def _delete_files(person: Person) -> None:
    """Delete the files of a person's messages, and the files that the person never sent.

    Staff still need the files of a message with an open report, as they need its text.
    """
    reported = Report.objects.filter(message=OuterRef("message"), outcome="", is_set_aside=False)
    unsent = Q(message=None, scheduled=None)
    gone = unsent | Q(conversation__ended_at__isnull=False) & ~Exists(reported)
    files.delete(File.objects.filter(gone, owner=person.pk))


PART = Part(
    relations={
        "messaging.Conversation.consumer": "ended; shown as a deleted account",
        "messaging.Conversation.assignee": "emptied: nobody takes care of it",
        "messaging.AlertChoice.user": "deleted",
        "messaging.DismissedWarning.user": "deleted",
        "messaging.Block.consumer": "deleted, on either side",
        "messaging.Block.by": "kept; shown to the team as a deleted account",
        "messaging.Assignment.actor": "kept; shown in the shop's name",
        "messaging.Assignment.assignee": "kept; shown as a deleted account",
        "messaging.Objection.sender": "deleted",
        "messaging.Participant.user": "deleted for the shopper; a shop keeps how far it has read",
        "messaging.PresenceChoice.user": "kept: read marks that were hidden stay hidden",
        "messaging.LastActive.user": "deleted",
        "messaging.Nudge.sender": "deleted where the conversation ends; else the shop's",
        "messaging.Message.sender": "words emptied where the conversation ends; else the shop's",
        "messaging.HeldMessage.sender": "deleted",
        "messaging.Case.person": "kept: what staff decided about",
        "messaging.Case.claimed_by": "kept until the claim ends",
        "messaging.File.owner": "deleted with the messages, and if unsent; else the shop's",
        "messaging.DryRun.asked_by": "kept: only staff ask, and they can't delete",
        "messaging.Export.owner": "deleted, and so are others' exports of the same conversations",
        "messaging.Reaction.user": "deleted where the conversation ends; else the shop's",
        "messaging.Wait.answered_by": "kept; shown as a deleted account",
        "messaging.Contest.by": "kept, with the reason: the shop's; shown as a deleted account",
        "messaging.ScheduledMessage.author": "the shop's, like its messages; not sent any more",
        "messaging.ScheduledMessage.changed_by": "kept; shown as a deleted account",
        "messaging.Note.author": "words emptied where the conversation ends; else the shop's",
        "messaging.Report.reporter": "words emptied once it is closed or set aside",
        "messaging.Report.person": "kept; shown as a deleted account",
        "messaging.Report.blamed_person": "kept; shown as a deleted account",
        "messaging.MutedReporter.user": "kept: staff may need to know",
        "messaging.PersonTrust.user": "deleted",
        "messaging.SavedReply.owner": "deleted; a shop's stay with the shop until it closes",
        "messaging.SavedReplyFile.owner": "deleted, like the replies",
        "messaging.SavedView.owner": "deleted; a shop's stay with the shop until it closes",
        "messaging.Decision.person": "kept without what it quotes, unless an appeal is open",
        "messaging.Decision.decided_by": "kept: only staff decide, and they can't delete",
        "messaging.Appeal.decided_by": "kept: only staff decide, and they can't delete",
        "messaging.StaffMessage.author": "kept: only staff write these, and they can't delete",
        "messaging.Recall.made_by": "kept: only staff recall, and they can't delete",
        "messaging.Recall.undone_by": "kept: only staff recall, and they can't delete",
        "messaging.RecallWarning.user": "deleted",
        "messaging.Sanction.person": "kept until it is over",
        "messaging.Report.resolved_by": "kept: only staff close reports, and they can't delete",
    },
    erase=_erase,
)
