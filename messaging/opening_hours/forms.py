"""The forms of a shop's opening hours."""

from itertools import pairwise
from typing import Any

from babel.dates import get_day_names
from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from trato.merging_forms import MergingForm
from trato.text import validate_name

from .actions import NAME_MAX
from .hours_text import format_hours, format_time, parse_hours
from .public_holidays import countries
from .schedule import MINUTES_PER_DAY, Week

DAYS = [f"day{number}" for number in range(7)]


class HoursField(forms.CharField):
    """The hours of one day, as text."""

    def clean(self, value: Any) -> Any:
        return parse_hours(super().clean(value))


class WeekForm(MergingForm):
    """A field for each weekday; `week` is the result."""

    week: Week

    def __init__(self, data: Any = None, *, week: Week) -> None:
        super().__init__(data, initial=dict(zip(DAYS, map(format_hours, week), strict=True)))
        names = day_names()
        for number, name in enumerate(DAYS):
            field = HoursField(label=names[number], required=False, max_length=200)
            field.widget.attrs |= {
                "class": "input",
                "placeholder": _("Closed"),
                "autocomplete": "off",
            }
            self.fields[name] = field
        self.show_initial()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        self.week = tuple(values[name] for name in DAYS)
        names = day_names()
        for one, other in pairwise([*range(7), 0]):
            late = max((end - MINUTES_PER_DAY for _start, end in self.week[one]), default=0)
            if self.week[other] and self.week[other][0].start < late:
                text = _("The hours of %(day)s go on until %(time)s, so these overlap.")
                time = format_time(late)
                self.add_error(DAYS[other], text % {"day": names[one], "time": time})
        return values


class DayOffForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    name = forms.CharField(
        label=gettext_lazy("What for (optional)"),
        max_length=NAME_MAX,
        required=False,
        validators=[validate_name],
    )


class HolidaysForm(forms.Form):
    country = forms.ChoiceField(label=gettext_lazy("Country"))

    def __init__(self, data: Any = None, *, country: str) -> None:
        super().__init__(data, initial={"country": country})
        field = self.fields["country"]
        if isinstance(field, forms.ChoiceField):
            known = countries(get_language() or "en")
            is_known = any(code == country for code, _name in known)
            field.choices = known if is_known else [("", _("Choose a country")), *known]


def day_names() -> list[str]:
    """Return the names of the weekdays from Monday on, as headings."""
    names = get_day_names("wide", "stand-alone", locale=to_locale(get_language() or "en"))
    return [capfirst(names[number]) for number in range(7)]
