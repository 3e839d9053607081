"""Forms of messaging."""

from django import forms

from messaging.models import Report


class ReportForm(forms.ModelForm[Report]):
    """What a person tells staff about a message."""

    class Meta:
        model = Report
        fields = ("reason", "words")
