"""The shield's rules, edited by staff, with their figures; and the objections to them."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from messaging.host import host, product_model
from messaging.models import Objection, RuleDay, ShieldRule
from trato.admin.bases import LargeAdmin, ReadOnlyAdmin, StaffAdmin, person_of
from trato.admin.forms import StaffForm
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import actions, figures, snapshot, staff_feedback


def _first_day() -> date:
    return timezone.now().date() - timedelta(days=settings.SHIELD_FIGURES_DAYS)


def _languages() -> list[tuple[str, Any]]:
    return [("", _("Any")), *settings.LANGUAGES]


def _categories() -> list[tuple[str, Any]]:
    relation, _sign, column = host.product_category_field.partition("__")
    if not column:
        return [("", _("Any"))]
    model: Any = product_model()._meta.get_field(relation).related_model
    rows = model._default_manager.all()
    return [("", _("Any")), *((getattr(row, column), str(row)) for row in rows)]


class ShieldRuleForm(StaffForm):
    """A rule, with the languages and categories that the shop has."""

    language = forms.ChoiceField(
        label=capfirst(_("language of the writer")), choices=lazy(_languages, list), required=False
    )
    category = forms.ChoiceField(
        label=capfirst(_("category of the product")),
        choices=lazy(_categories, list),
        required=False,
    )

    class Meta:
        error_messages: ClassVar[dict[str, dict[str, Any]]] = {
            "name": {"invalid": _("Use only unaccented letters, digits, hyphens and underscores.")}
        }


class RuleDayInline(ReadOnlyAdmin, admin.TabularInline[RuleDay, ShieldRule]):
    """The rule's recent hits, by day."""

    model = RuleDay
    fields = readonly_fields = ("day", "hits", "judged", "overturned")
    ordering = ("-day",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleDay]:
        return super().get_queryset(request).filter(day__gt=_first_day())


class Month(admin.SimpleListFilter):
    """Show the figures of a month; by default, of the latest days."""

    title = _("month")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(f"{day:%Y-%m}", date_format(day, "YEAR_MONTH_FORMAT")) for day in figures.months()]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Name the default after its days and not “All”, since the filter hides no rule."""
        latest, *others = super().choices(changelist)
        days = settings.SHIELD_FIGURES_DAYS
        yield latest | {"display": gettext("The last %(days)s days") % {"days": days}}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ShieldRule]
    ) -> QuerySet[ShieldRule]:
        return queryset


@admin.register(ShieldRule)
class ShieldRuleAdmin(StaffAdmin[ShieldRule]):
    """The rules. A change takes effect within seconds. Nobody can delete one, so figures stay."""

    form = ShieldRuleForm
    change_form_template = "admin/messaging/shieldrule/change_form.html"
    list_display = (
        "name", "looks_for", "whose", "does", "is_on", "is_review_only", "hits", "objections",
        "rate", "overturned",
    )  # fmt: skip
    list_filter = (Month, "action", "is_on", "is_review_only", "side")
    search_fields = ("name", "pattern")
    fieldsets = (
        (None, {"fields": ("name", "is_on")}),
        (
            _("What it looks for"),
            {"fields": ("detector", "pattern", "label_en", "label_es")},
        ),
        (
            _("Whose messages"),
            {"fields": ("side", "relationship", "account_days", "language", "category")},
        ),
        (_("What happens"), {"fields": ("action", "summary")}),
    )
    readonly_fields = ("summary",)
    inlines = (RuleDayInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: ShieldRule | None = None) -> Any:
        """Leave out a new rule's figures."""
        *others, (title, options) = super().get_fieldsets(request, obj)
        return [*others, (title, options if obj else {"fields": ("action",)})]

    def get_inlines(self, request: HttpRequest, obj: ShieldRule | None) -> Any:
        return self.inlines if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShieldRule]:
        span = figures.span_of(request.GET.get("month", ""))
        return figures.with_figures(super().get_queryset(request), *span)

    def save_model(self, request: HttpRequest, obj: ShieldRule, form: Any, change: bool) -> None:
        """Save a rule; this process applies it immediately, the others within seconds.

        Unless only its name, labels or `is_on` change, earlier verdicts of staff no longer count.
        """
        super().save_model(request, obj, form, change)
        if change and {*form.changed_data} - {"name", "is_on", "label_en", "label_es"}:
            ShieldRule.objects.filter(pk=obj.pk).update(judged_from=timezone.now().date())
        transaction.on_commit(snapshot.forget)

    def get_urls(self) -> list[URLPattern]:
        set_back = self.admin_site.admin_view(self.set_back)
        return [
            path("<int:rule_id>/set-back/", set_back, name="shieldrule_set_back"),
            *super().get_urls(),
        ]

    def set_back(self, request: HttpRequest, rule_id: int) -> HttpResponse:
        """Let a rule take its own action again, with a reason."""
        actor = person_of(request)
        rule = get_object_or_404(ShieldRule, pk=rule_id)
        return act_with_reason(
            request,
            gettext("Set this rule back"),
            [partial(actions.set_back, actor, rule_id)],
            model=ShieldRule,
            back=reverse("admin:messaging_shieldrule_change", args=[rule_id]),
            allowed=actor.has_perm("messaging.change_shieldrule"),
            about=rule.name,
            consequences=gettext(
                "It does again what it is set to: %(action)s. What staff decided so far no longer "
                "counts against it."
            )
            % {"action": rule.get_action_display()},
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a rule with its figures by month, and what can be done with it."""
        rule, actor = context.get("original"), person_of(request)
        context["may_set_back"] = actor.has_perm("messaging.change_shieldrule")
        context["may_try"] = actor.has_perm("messaging.add_dryrun")
        context["months"] = figures.by_month(rule) if rule else ()
        context["judged"] = staff_feedback.judged_lately(rule) if rule else None
        context["days"] = settings.RULE_LAB_DAYS
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("looks for"), ordering="detector")
    def looks_for(self, row: ShieldRule) -> str:
        return row.get_detector_display() or row.pattern

    @admin.display(description=_("whose messages"))
    def whose(self, row: ShieldRule) -> str:
        parts = [row.get_side_display(), row.get_relationship_display(), row.language, row.category]
        return " · ".join(str(part) for part in parts if part) or gettext("All")

    @admin.display(description=_("action"), ordering="action")
    def does(self, row: ShieldRule) -> str:
        return str(row.get_action_display()).partition(":")[0]

    @admin.display(description=_("hits"))
    def hits(self, row: Any) -> int:
        count: int = row.hit_count
        return count

    @admin.display(description=_("objections"), ordering="objection_count")
    def objections(self, row: Any) -> int:
        count: int = row.objection_count
        return count

    @admin.display(description=_("“this is wrong”"))
    def rate(self, row: Any) -> str:
        return figures.share(row.objection_count, row.hit_count)

    @admin.display(description=_("overturned"))
    def overturned(self, row: Any) -> str:
        if not row.judged_count:
            return "–"
        rate = figures.share(row.overturned_count, row.judged_count)
        return f"{rate} ({row.overturned_count}/{row.judged_count})"

    @admin.display(description=_("figures"))
    def summary(self, row: Any) -> str:
        if row.pk is None:
            return "–"
        days = settings.SHIELD_FIGURES_DAYS
        text = ngettext(
            "In the last %(days)s day: %(hits)s hits, %(objections)s objections (%(rate)s).",
            "In the last %(days)s days: %(hits)s hits, %(objections)s objections (%(rate)s).",
            days,
        )
        values = {"hits": row.hit_count, "objections": row.objection_count, "rate": self.rate(row)}
        return text % (values | {"days": days})


@admin.register(Objection)
class ObjectionAdmin(LargeAdmin[Objection]):
    """Objections: who says that a rule is wrong, and where. The conversation has the text."""

    list_display = ("id", "rule", "kind", "sender", "conversation", "outcome", "created_at")
    list_filter = ("outcome", "created_at")
    list_select_related = ("rule", "sender", "conversation")
    search_fields = ("=conversation",)
    found_by = ("rule__name", *columns_of("sender"))
    shown_of_others = ("rule__name", name_column_of("sender"))
