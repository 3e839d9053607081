"""A year's transparency report, as bars, a table and CSV."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.models import ModerationMonth
from trato.admin.bases import ReadOnlyAdmin, StaffAdmin
from trato.spreadsheets import BYTE_ORDER_MARK, csv_lines

from . import queries, words

FIRST_YEAR = 2000
AGES = (_("up to a day"), _("up to three days"), _("up to a week"), _("longer"))


@admin.register(ModerationMonth)
class ModerationMonthAdmin(ReadOnlyAdmin, StaffAdmin[ModerationMonth]):
    """The events of each month. No figure names a person."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one year, by default the current one; with `format=csv`, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        this_year = queries.this_month().year
        text = request.GET.get("year", "")
        chosen = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else this_year
        shown = min(max(chosen, FIRST_YEAR), this_year)
        months = queries.year(shown)
        rows = words.rows()
        table = [[row.name, *(row.value(figures) for _month, figures in months)] for row in rows]
        head = [gettext("Figure"), *(f"{month:%Y-%m}" for month, _figures in months)]
        if request.GET.get("format") == "csv":
            content = BYTE_ORDER_MARK + csv_lines([head, *table])
            name = f'attachment; filename="moderation-{shown}.csv"'
            headers = {"Content-Disposition": name}
            return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Figures of moderation"),
            "opts": self.opts,
            "year": shown,
            "before": shown - 1 if shown > FIRST_YEAR else None,
            "after": shown + 1 if shown < this_year else None,
            "charts": [_chart(row, months) for row in rows if row.is_drawn],
            "backlog": list(zip(AGES, queries.backlog(), strict=True)),
            "head": head,
            "rows": table,
        }
        return TemplateResponse(request, "admin/messaging/transparency/year.html", context)


def _chart(row: words.Row, months: list[tuple[date, queries.Figures]]) -> dict[str, Any]:
    """Return a chart's title and bars: the month, the number, and its share of the largest in %."""
    numbers = [(month, row.value(figures)) for month, figures in months]
    most = max((float(number or 0) for _month, number in numbers), default=0) or 1
    bars = [
        (date_format(month, "F"), number, round(100 * float(number or 0) / most))
        for month, number in numbers
    ]
    return {"title": row.name, "bars": bars}
