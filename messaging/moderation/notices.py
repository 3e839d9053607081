"""Notices about decisions of staff. They never say who reported or decided.

The notifications store codes. `NEWS_WORDS` makes words of them in the reader's language.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import Conversation, Message, Report, Side
from messaging.search.excerpts import address
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words

REPORT_KIND = "report"  # the subject is a report
REMOVAL_KIND = "removal"  # the subject is a message
REMOVED, ACTED, NOTHING = "removed", "acted", "nothing"


def tell_reporter(report: Report) -> None:
    """Notify the person who filed a report that it has been decided."""
    if report.message.removed_at:
        outcome = REMOVED
    else:
        outcome = ACTED if report.outcome == Report.Outcome.UPHELD else NOTHING
    side = Side(report.message.side).other
    _tell(REPORT_KIND, report.pk, report.reporter_id, side, report.message, outcome)


def tell_sender(message: Message, rule: str) -> None:
    """Notify the sender of a removed message, and why: `rule` is one of `Report.Reason`."""
    _tell(REMOVAL_KIND, message.pk, message.sender_id, Side(message.side), message, rule)


def _tell(
    kind: str, subject_id: int, recipient_id: int, side: Side, message: Message, code: str
) -> None:
    conversation = message.conversation
    notifications.notify(
        [recipient_id],
        subject_kind=kind,
        subject_id=subject_id,
        title=_about(conversation),
        excerpt=code,
        url=address(conversation, message),
        # Somebody who has left the shop can't open the conversation any more.
        team_id=conversation.shop_id if side is Side.SELLER else None,
    )


def _about(conversation: Conversation) -> str:
    return conversation.product_title or host.shop_name(conversation.shop)


def report_words(news: News) -> Words:
    """Return what a reporter reads about the outcome."""
    texts = {
        REMOVED: _("The message you reported in the conversation about “%(about)s” was removed."),
        ACTED: _("We took action because of your report about the conversation “%(about)s”."),
        NOTHING: _(
            "We found nothing against our rules in the message you reported in the conversation "
            "about “%(about)s”."
        ),
    }
    return Words(_("We've looked at your report"), texts[news.excerpt] % {"about": news.title})


def removal_words(news: News) -> Words:
    """Return what the sender of a removed message reads: what was removed, why, how to object."""
    reasons = {
        Report.Reason.SCAM: _("It looked like an attempt at fraud."),
        Report.Reason.OFF_PLATFORM: _("It asked to pay or talk somewhere else."),
        Report.Reason.ABUSE: _("It contained insults or threats."),
        Report.Reason.SPAM: _("It was advertising or spam."),
    }
    what = _("You wrote it in the conversation about “%(about)s”.")
    reason = reasons.get(Report.Reason(news.excerpt), _("It was against our rules."))
    if settings.SUPPORT_EMAIL:
        objection = _("If you think this is a mistake, write to %(address)s.")
    else:
        objection = _("If you think this is a mistake, contact support.")
    return Words(
        _("We removed your message"),
        " ".join([what, reason, objection])
        % {"about": news.title, "address": settings.SUPPORT_EMAIL},
    )
