"""Words of people who have deleted their account go once staff no longer need them."""

from django.db.models import Exists, OuterRef, Q

from messaging import search
from messaging.files import actions as files
from messaging.models import Appeal, Decision, File, Message, MessageTrace, Report
from trato.audit import actions as audit
from trato.people import Person, is_deleted

FORGOTTEN = "–"  # in place of what staff quoted of a person


def forget_quotes(person: Person) -> None:
    """Empty what staff quoted of a person in decisions, in answers to appeals, and on record.

    What is about a decision with an open appeal stays until the appeal is decided.
    """
    open_appeals = Appeal.objects.filter(decision=OuterRef("pk"), outcome="")
    decided = Decision.objects.filter(~Exists(open_appeals), person=person.pk)
    answered = Appeal.objects.filter(decision__in=decided)
    about = Q(message__sender=person.pk) | Q(person=person.pk)
    closed = Report.objects.filter(about).exclude(outcome="")
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


def forget_deleted(report: Report) -> None:
    """Empty what staff kept for a report that was open, and is closed or set aside now.

    Args:
        report: with its reporter and its message; as it is stored now.
    """
    if report.reporter_id and is_deleted(report.reporter):
        Report.objects.filter(pk=report.pk).update(words="")
    message = report.message
    if message is None:
        return
    others = Report.objects.filter(message=message.pk, outcome="", is_set_aside=False)
    is_gone = is_deleted(message.sender) and message.conversation.ended_at is not None
    if is_gone and not others.exists():
        Message.objects.filter(pk=message.pk).update(body="")
        files.delete(File.objects.filter(message=message.pk))
        message.versions.all().delete()
        MessageTrace.objects.filter(message=message.pk).delete()
        search.drop_deleted_words()
