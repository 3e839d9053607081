"""`manage.py demo_conversations`: conversations between the demo's people; called by `demo`."""

from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError

from messaging.demo import triage
from messaging.demo.attachments import store_files
from messaging.demo.cast import Cast
from messaging.demo.changes import store_changes
from messaging.demo.rows import store
from messaging.demo.saved_replies import store_replies
from messaging.demo.teamwork import store_teamwork
from messaging.figures import actions as figures
from messaging.host import shop_model
from messaging.models import Case, Decision, Message, Report
from messaging.reports import cases
from trato.audit.models import AuditEntry
from trato.people import Person


class Command(BaseCommand):
    help = "Create the demo's conversations; called by `demo`."
    stealth_options = ("goods", "languages", "photos")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store all conversations.

        Args:
            options: `goods`, the labels of each product on sale, and `languages`, the language in
                which each person writes, both by ID; `photos`, JPEGs by the names used in the
                conversations.
        """
        if not options.get("languages"):
            raise CommandError("Call `manage.py demo`, which calls this command.")
        cast = Cast(options["goods"], options["languages"])
        showcases, today = cast.showcases(), cast.today()
        talks = showcases + today + cast.everyday()
        store(talks, cast.dice)
        store_changes(showcases)
        store_files(showcases, options["photos"])
        triage.sort(talks, cast.languages)
        store_teamwork(today, cast.languages, cast.dice)
        report(cast)
        figures.refresh(shop_model()._default_manager.values_list("pk", flat=True))
        store_replies(cast)


def report(cast: Cast) -> None:
    """Create the reports with their cases, and staff's decisions on them."""
    staff = next(person for person in cast.people.values() if person.is_staff)
    reported = [
        (line, message, talk.answering if line.is_shoppers else talk.shopper)
        for talk in cast.told
        for line, message in zip(talk.lines, talk.messages, strict=True)
        if line.report
    ]
    rows = Report.objects.bulk_create(
        Report(
            message=message,
            blamed_person_id=message.sender_id,
            reporter_id=reporter.pk,
            reason=line.report[0],
            words=line.report[1],
            created_at=message.created_at + timedelta(minutes=2),
        )
        for line, message, reporter in reported
    )
    for row, (line, _message, _reporter) in zip(rows, reported, strict=True):
        if decision := line.report[2:]:
            decide(row, staff, *decision, removal=line.removal)
    Case.objects.bulk_create(
        _case_of(row, message)
        for row, (_line, message, _reporter) in zip(rows, reported, strict=True)
    )


def decide(row: Report, staff: Person, outcome: str, why: str, *, removal: str) -> None:
    """Close a report and, if there is a reason for removal, remove its message."""
    time = row.created_at + timedelta(minutes=4)
    row.outcome, row.resolved_at, row.resolved_by_id = outcome, time, staff.pk
    row.save()
    acts = [(f"report.{outcome}", f"report:{row.pk}", why)]
    if removal:
        decision = _decision_of(row, staff, removal)
        Message.objects.filter(reports=row).update(removed_at=time)
        acts = [("decision.remove", f"decision:{decision.pk}", removal)]
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_id=staff.pk, verb=verb, subject=subject, reason=text, created_at=time)
        for verb, subject, text in acts
    )


def _case_of(row: Report, message: Message) -> Case:
    """Return the desk's case for a reported message."""
    return Case(
        kind=cases.KIND,
        subject=f"{Report.Kind.MESSAGE}:{message.pk}",
        conversation_id=message.conversation_id,
        person_id=message.sender_id,
        severity=cases.SEVERITIES.get(Report.Reason(row.reason), Case.Severity.NORMAL),
        opened_at=row.created_at,
        seen_at=row.resolved_at,
        closed_at=row.resolved_at,
    )


def _decision_of(row: Report, staff: Person, facts: str) -> Decision:
    """Store the decision with which staff removed a reported message."""
    message = Message.objects.get(reports=row)
    time = row.resolved_at or row.created_at
    return Decision.objects.create(
        person_id=message.sender_id,
        message=message,
        conversation_id=message.conversation_id,
        report=row,
        measure=Decision.Measure.REMOVE,
        scope=Decision.Scope.MESSAGE,
        source=Decision.Source.REPORT,
        starts_at=time,
        created_at=time,
        appeal_until=time + timedelta(days=180),
        facts=facts,
        ground=Decision.Ground.TERMS,
        clause=row.get_reason_display(),
        explanation=facts,
        decided_by_id=staff.pk,
    )
