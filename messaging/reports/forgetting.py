"""Delete the text of deleted accounts once staff no longer need it."""

from messaging import search
from messaging.files import actions as files
from messaging.models import File, Message, MessageTrace, Report
from trato.people import is_deleted


def forget_deleted(report: Report) -> None:
    """Empty what staff kept for an open report, now that it is closed or set aside.

    Args:
        report: with its reporter and its message, as they are stored now.
    """
    if report.reporter_id and is_deleted(report.reporter):
        Report.objects.filter(pk=report.pk).update(words="")
    message = report.message
    if message is None:
        return
    others = Report.objects.filter(message=message.pk, outcome="", is_set_aside=False)
    is_gone = is_deleted(report.blamed_person) and message.conversation.ended_at is not None
    if is_gone and not others.exists():
        Message.objects.filter(pk=message.pk).update(body="")
        files.delete(File.objects.filter(message=message.pk))
        message.versions.all().delete()
        MessageTrace.objects.filter(message=message.pk).delete()
        search.drop_deleted_words()
