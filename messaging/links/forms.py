"""The form for a link host."""

from django.forms import ValidationError
from django.utils.translation import gettext as _

from messaging.shield.addresses import ascii_host
from messaging.shield.hosts import is_own, is_suffix
from trato.admin.forms import StaffForm


class LinkHostForm(StaffForm):
    """Accepts a URL or a host, and converts it to the form in which programs look it up."""

    def clean_host(self) -> str:
        host = _host_in(self.cleaned_data["host"])
        if not host:
            raise ValidationError(_("That is no host on the internet, such as shop.example."))
        if is_own(host):
            raise ValidationError(_("That is this site itself."))
        if is_suffix(host):
            raise ValidationError(_("That would count for every site that ends like this."))
        return host


def _host_in(text: str) -> str:
    """Return the host of a URL, or of a text that is nothing but a host."""
    name = text.strip().rpartition("://")[2]
    for end in "/?#":
        name = name.partition(end)[0]
    return ascii_host(name.rpartition("@")[2].partition(":")[0].removeprefix("*."))
