"""Trust in people, in the admin."""

from functools import partial

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from messaging.host import host
from messaging.models import PersonTrust
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import actions, queries
from .forms import TrustForm


@admin.register(PersonTrust)
class PersonTrustAdmin(LargeAdmin[PersonTrust]):
    """The trust that staff have set, on the page of a person or of a case."""

    list_display = ("user", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("=user",)
    found_by = columns_of("user")
    shown_of_others = (name_column_of("user"),)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [path("of/<int:person_id>/", wrap(self.of), name="trust"), *super().get_urls()]

    def of(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """Show how far a person is trusted, and let staff set it with a reason."""
        actor = person_of(request)
        may_set = actions.may_set(actor)
        people = get_user_model()._default_manager
        person = get_object_or_404(people, pk=person_id) if may_set else actor
        trust = queries.trust_of(person)
        return act_with_reason(
            request,
            gettext("Set how far this person is trusted"),
            [partial(actions.set_trust, actor, person_id)],
            model=PersonTrust,
            back=reverse("admin:messaging_persontrust_changelist"),
            allowed=may_set,
            about=f"{host.display_name(person)} – {_now(trust)}",
            consequences=gettext(
                "This applies to conversations that the person starts from now on. We don't tell "
                "the person."
            ),
            form_class=TrustForm,
            initial={"status": trust.status if trust.is_set else ""},
        )


def _now(trust: queries.Trust) -> str:
    text = gettext("set by staff: %(status)s") if trust.is_set else gettext("automatic: %(status)s")
    return text % {"status": trust.label}
