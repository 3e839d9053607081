"""Notices to people who have reported something: a receipt, and later the outcome."""

from messaging.models import Report
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words
from trato.people import Person, is_deleted

from . import outcomes, things


def send_receipt(report: Report, reporter: Person) -> None:
    """Add a receipt to the person's notifications, as read: they have just seen it."""
    _notify(report, announce=False)
    notifications.mark_read(
        reporter, subject_kind=Report.NEWS_KIND, subject_id=report.pk, announce=False
    )


def notify_reporter(report: Report) -> None:
    """Notify the person who filed a report that it has been decided."""
    if report.reporter_id and not is_deleted(report.reporter):
        _notify(report)


def notify_restored(report: Report) -> None:
    """Notify the person who filed a report that the action taken was undone."""
    report.done = Report.Done.RESTORED
    report.save(update_fields=["done"])
    notify_reporter(report)


def _notify(report: Report, *, announce: bool = True) -> None:
    notifications.notify(
        [report.reporter_id] if report.reporter_id else [],
        subject_kind=Report.NEWS_KIND,
        subject_id=report.pk,
        title=things.name_for_reporter(report),
        excerpt=f"{report.kind} {outcomes.code_of(report)}",
        url=report.get_absolute_url(),
        announce=announce,
    )


def report_words(news: News) -> Words:
    """Return the text of a reporter's notice: a receipt, or the outcome."""
    kind, _space, code = news.excerpt.partition(" ")
    return Words(outcomes.title_of(code), outcomes.text_of(kind, news.title, code))
