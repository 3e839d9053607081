"""The texts of the pages on which staff uphold or dismiss a report."""

from functools import partial
from typing import Any

from django.utils.translation import gettext, ngettext

from messaging.host import host
from messaging.models import Report
from messaging.moderation import actions as moderation
from messaging.reports import queries, things
from trato.people import Person


def about(report: Report) -> str:
    """Return what a report is about, in one line."""
    sender = things.people_behind(report)[0] if report.message else None
    name = host.display_name(sender) if sender else things.name_of(report)
    return f"{report.get_reason_display()} – {name}"


def dismissing(actor: Person, report: Report) -> dict[str, Any]:
    """Return the page for closing a report without action."""
    if report.message:
        then = gettext(
            "The message stays. The person who reported it reads that you found nothing against "
            "the rules."
        )
    else:
        then = gettext("The person who reported it reads that you found nothing against the rules.")
    return {
        "title": gettext("Close this report without action"),
        "consequences": then + _others(report),
        "acts": [partial(moderation.resolve_report, actor, report.pk, Report.Outcome.DISMISSED)],
    }


def upholding(actor: Person, report: Report) -> dict[str, Any]:
    """Return the page for closing a report after an action."""
    then = gettext(
        "This closes the report, and the person who reported it reads that you took action. What "
        "you do about it is decided under “Decide…”."
    )
    return {
        "title": gettext("Take action on this report"),
        "consequences": then + _others(report),
        "acts": [partial(moderation.resolve_report, actor, report.pk, Report.Outcome.UPHELD)],
    }


def _others(report: Report) -> str:
    """Say how many other reports are closed with this one."""
    others = queries.against_same(report).filter(outcome="").exclude(pk=report.pk).count()
    if not others:
        return ""
    text = ngettext(
        "%(count)s other report of the same thing is closed with it.",
        "%(count)s other reports of the same thing are closed with it.",
        others,
    )
    return " " + text % {"count": others}
