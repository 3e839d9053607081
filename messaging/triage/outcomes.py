"""The page's message after an action from a form; `triage/acts.js` has the same for scripts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .frames import Outcome

SAID = {
    "archive": gettext_lazy("Archived"),
    "unarchive": gettext_lazy("Back in the inbox"),
    "star": gettext_lazy("Starred"),
    "unstar": gettext_lazy("Star removed"),
    "snooze": gettext_lazy("Snoozed"),
    "wake": gettext_lazy("Snooze ended"),
    "mute": gettext_lazy("Muted"),
    "unmute": gettext_lazy("No longer muted"),
    "mark_read": gettext_lazy("Marked as read"),
    "mark_unread": gettext_lazy("Marked as unread"),
    "assign": gettext_lazy("Assigned"),
    "label": gettext_lazy("Label added"),
    "unlabel": gettext_lazy("Label removed"),
    "settle": gettext_lazy("Settled"),
    "reopen": gettext_lazy("Reopened"),
}


def sentence(act: str, outcome: Outcome) -> str:
    """Return what was done, in how many conversations, and in how many it wasn't possible."""
    done, failed = len(outcome.done), len(outcome.failed)
    if act == "undo":
        if failed:
            return _("It has changed since, so it was left alone.")
        return _("Undone")
    if set(outcome.failed.values()) == {"conflict"} and not done and failed == 1:
        if act == "assign":
            return _("A colleague has just taken this.")
        return _("There is a new message.")
    parts = []
    if done:
        parts.append(str(SAID[act]) if done == 1 else f"{SAID[act]} ({done})")
    if failed:
        text = ngettext(
            "%(count)s conversation could not be changed.",
            "%(count)s conversations could not be changed.",
            failed,
        )
        parts.append(text % {"count": failed})
    return ". ".join(parts)
