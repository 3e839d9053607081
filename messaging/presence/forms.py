"""The switches for what the other sides see of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from trato.people import Person

from .queries import Hidden


class PresenceForm(forms.Form):
    """The switches for what a person shows. Only people who work for shops get the last one."""

    shows_read = forms.BooleanField(
        label=_("Show when I've read messages"),
        help_text=_(
            "If you switch this off, you don't see what the other side has read either. If you "
            "switch it on again, they also see what you've read meanwhile."
        ),
        required=False,
    )
    shows_typing = forms.BooleanField(
        label=_("Show when I'm typing"),
        help_text=_("If you switch this off, you don't see when the other side is typing either."),
        required=False,
    )
    shows_presence = forms.BooleanField(
        label=_("Show my shop's customers that I'm here"),
        help_text=_(
            "They see that somebody at the shop is active now, never who. Nobody sees when you're "
            "online as a shopper."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, person: Person, hidden: Hidden) -> None:
        initial = {
            "shows_read": not hidden.read,
            "shows_typing": not hidden.typing,
            "shows_presence": not hidden.presence,
        }
        super().__init__(data, initial=initial, auto_id="presence-%s")
        if not host.acts_as_seller(person):
            del self.fields["shows_presence"]
