"""The link with which visitors without an account see the outcome of their report."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse

from messaging.models import Report

from . import things

SALT = "messaging.reports"


def path_of(report: Report) -> str:
    """Return the path of a report's page, which nobody can guess."""
    return reverse("messaging:visitor_report", args=[Signer(salt=SALT).sign(str(report.pk))])


def url_of(report: Report) -> str:
    """Return the absolute URL of a report's page, for emails."""
    site: str = settings.SITE_URL
    return site.rstrip("/") + path_of(report)


def report_behind(token: str) -> Report:
    """Return a visitor's report; raise Http404 if the link is not one of ours."""
    try:
        key = int(Signer(salt=SALT).unsign(token))
    except (BadSignature, ValueError) as error:
        raise Http404("no such report") from error
    rows = Report.objects.select_related(*things.RELATED)
    row = rows.filter(pk=key, reporter=None).first()
    if row is None:
        raise Http404("no such report")
    return row
