"""Emails to visitors who have reported something: a receipt, and later the outcome.

Anybody can enter any address, so the emails contain nothing that the visitor wrote.
"""

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from messaging.host import host
from messaging.models import Report
from trato import rate_limits
from trato.errors import Refused
from trato.text import without_links

from . import outcomes, things, visitor_links

log = structlog.get_logger("trato.reports")


def send_receipt(request: HttpRequest, report: Report) -> bool:
    """Email a visitor that a report has arrived; return False if that isn't possible."""
    if not report.visitor_email:
        return False
    try:
        rate_limits.hit("REPORT_MAILS_PER_DAY", f"mail-{report.visitor_email}")
    except Refused:
        return False
    return host.may_mail_stranger(request) and _send(report)


def send_outcome(report: Report) -> bool:
    """Email a visitor the outcome of a report; return False if that isn't possible."""
    return bool(report.visitor_email) and _send(report)


def _send(report: Report) -> bool:
    """Send an email about the current state of a report, in the visitor's language."""
    if not settings.SITE_URL:
        return False
    with translation.override(report.visitor_language or settings.LANGUAGE_CODE):
        code = outcomes.code_of(report)
        context = {
            "title": outcomes.title_of(code),
            "text": outcomes.text_of(report.kind, without_links(things.name_of(report)), code),
            "objection": "" if code == outcomes.RECEIVED else outcomes.objection(),
            "link": visitor_links.url_of(report),
            "site_name": settings.SITE_NAME,
        }
        body = render_to_string("messaging/reports/email.txt", context)
        subject = f"[{settings.SITE_NAME}] {context['title']}"
    try:
        send_mail(subject, body, None, [report.visitor_email])
    except OSError as error:  # includes smtplib's errors
        log.error("mail_not_sent", mail="report", error=type(error).__name__)
        return False
    return True
