"""The form for a saved view. `actions` decides; the form only reads what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.host import Shop, host
from messaging.models import SavedView
from trato.responses import key_from


class SavedViewForm(forms.ModelForm[SavedView]):
    """The name and filter of a new view, and who it is for."""

    shop = forms.ChoiceField(label=_("For"), required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SavedView
        fields = ("name",)

    def __init__(self, shops: list[Shop], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(shop.pk), host.shop_name(shop)) for shop in shops]
        choice: Any = self.fields["shop"]
        choice.choices = [("", _("Only me")), *names]
        if not shops:
            choice.widget = forms.HiddenInput()

    @property
    def shop_id(self) -> int | None:
        """The shop that the view will belong to; None for the person's own."""
        return key_from(self.cleaned_data["shop"]) or None


class NameForm(forms.ModelForm[SavedView]):
    """A new name for a view."""

    class Meta:
        model = SavedView
        fields = ("name",)
