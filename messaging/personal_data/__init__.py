"""The personal data in conversations: everything that a person wrote and did there.

`exports.everything` adds the whole conversations that the person has as a shopper. From a shop's
conversations it takes only what the person wrote: the rest belongs to other people.
"""

from trato.personal_data import Part

from .tables import CHOICES, CONVERSATIONS, SAFETY

PART = Part(
    tables=(*CONVERSATIONS, *CHOICES, *SAFETY),
    relations={
        "messaging.Conversation.consumer": "conversations",
        "messaging.Conversation.assignee": "left out: a matter of the shop's team",
        "messaging.AlertChoice.user": "alerts",
        "messaging.DismissedWarning.user": "scam_warnings",
        "messaging.Block.consumer": "blocks, but not those of the shop's side",
        "messaging.Block.by": "blocks",
        "messaging.Assignment.actor": "left out: a matter of the shop's team",
        "messaging.Assignment.assignee": "left out: a matter of the shop's team",
        "messaging.Objection.sender": "objections",
        "messaging.Participant.user": "conversation_marks",
        "messaging.PresenceChoice.user": "presence",
        "messaging.LastActive.user": "last_active",
        "messaging.Nudge.sender": "nudges",
        "messaging.Message.sender": "conversations, hidden_words and messages_for_shops",
        "messaging.HeldMessage.sender": "held_messages",
        "messaging.Case.person": "left out: decisions has what came of it",
        "messaging.Case.claimed_by": "left out: only staff claim",
        "messaging.File.owner": "conversations, files_for_shops and unsent_files",
        "messaging.DryRun.asked_by": "left out: only staff ask",
        "messaging.Export.owner": "downloads",
        "messaging.Reaction.user": "reactions",
        "messaging.Wait.answered_by": "left out: the shop's figures",
        "messaging.Contest.by": "late_answers",
        "messaging.ScheduledMessage.author": "scheduled_messages",
        "messaging.ScheduledMessage.changed_by": "left out: a matter of the shop's team",
        "messaging.Note.author": "notes",
        "messaging.Report.reporter": "reports",
        "messaging.Report.person": "left out: it is somebody else's; decisions has the outcome",
        "messaging.Report.blamed_person": "left out: as for person",
        "messaging.MutedReporter.user": "left out: protects staff from abuse",
        "messaging.PersonTrust.user": "left out: protects others from abuse",
        "messaging.SavedReply.owner": "saved_replies",
        "messaging.SavedReplyFile.owner": "saved_reply_files",
        "messaging.SavedView.owner": "saved_views",
        "messaging.Decision.person": "decisions",
        "messaging.Decision.decided_by": "left out: nobody learns who decided",
        "messaging.Appeal.decided_by": "left out: nobody learns who decided",
        "messaging.StaffMessage.author": "left out: nobody learns who wrote it",
        "messaging.Recall.made_by": "left out: nobody learns who decided",
        "messaging.Recall.undone_by": "left out: nobody learns who decided",
        "messaging.RecallWarning.user": "recalled_scams",
        "messaging.Sanction.person": "decisions",
        "messaging.Report.resolved_by": "left out: nobody learns who decided",
    },
)
