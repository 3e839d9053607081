"""Accounts for staff."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import KeptAdmin, ReadOnlyAdmin, StaffAdmin, person_of
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_member_changed

from . import actions
from .models import User

AT_ONCE = 100  # people in one list action


@admin.register(User)
class UserAdmin(KeptAdmin, StaffAdmin[User]):
    """People. Staff decide on a separate page whether to suspend or restore an account."""

    list_display = ("email", "name", "role", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "role", "is_staff", "groups", "date_joined")
    search_fields = ("=pk", "email", "name")
    date_hierarchy = "date_joined"
    ordering = ("-date_joined", "-pk")
    fieldsets = (
        (None, {"fields": ("email", "name", "role")}),
        (_("Status"), {"fields": ("is_active", "date_joined", "last_login")}),
        (_("Permissions"), {"fields": ("is_staff", "is_superuser", "groups")}),
    )
    filter_horizontal = ("groups",)
    actions = ("decide_about_selected", "restore_selected")

    # -- permissions ----------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Only owners change their email address, because they have to confirm it.
        fixed = ("email", "is_active", "is_superuser", "date_joined", "last_login")
        rights = () if person_of(request).is_superuser else ("role", "is_staff", "groups")
        return (*fixed, *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        of_staff = obj is not None and (obj.is_staff or obj.is_superuser)
        may = super().has_change_permission(request, obj)
        return may and (person_of(request).is_superuser or not of_staff)

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("accounts.suspend_user")

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        """Tell the person's teams, before and after the change, about a new name or role."""
        announce_member_changed(obj.pk)
        super().save_model(request, obj, form, change)
        announce_member_changed(obj.pk)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Notify the person's open sockets when permissions or role change."""
        super().save_related(request, form, formsets, change)
        announce_access_changed(form.instance.pk)

    # -- suspending and restoring ------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user = context.get("original")
        context["may_switch"] = user and actions.may_switch(person_of(request), user)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Decide about the selected people…"), permissions=["suspend"])
    def decide_about_selected(
        self, request: HttpRequest, chosen: QuerySet[User]
    ) -> HttpResponse | None:
        return self._go_to_reason(request, chosen, "admin:decide")

    @admin.action(description=_("Restore the selected people…"), permissions=["suspend"])
    def restore_selected(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse | None:
        return self._go_to_reason(request, chosen, "admin:restore")

    def _go_to_reason(
        self, request: HttpRequest, chosen: QuerySet[User], name: str
    ) -> HttpResponse | None:
        ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        if len(ids) > AT_ONCE:
            text = gettext("Choose up to %(limit)s people at a time.") % {"limit": AT_ONCE}
            messages.error(request, text)
            return None
        return redirect(f"{reverse(name)}?{urlencode({'person': ids}, doseq=True)}")


@admin.register(Group)
class GroupAdmin(StaffAdmin[Group], DjangoGroupAdmin):
    """Staff groups and their permissions.

    Only superusers change them, as with people's permissions: anybody who could edit their own
    group could do everything.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).is_superuser

    has_add_permission = has_delete_permission = has_change_permission


# If staff could add, change or copy an email address, a second factor or a session, they could log
# in as somebody else. So only the owners can change these, and nobody sees their secrets.


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin, StaffAdmin[EmailAddress]):
    """Email addresses, and whether their owners have confirmed them."""

    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__email", "user__name")
    shown_of_others = ("user__name",)
    fields = ("user", "email", "primary", "verified")


@admin.register(Authenticator)
class SecondFactorAdmin(ReadOnlyAdmin, StaffAdmin[Authenticator]):
    """The second factors of accounts, without their secrets."""

    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    shown_of_others = ("user__name",)
    date_hierarchy = "created_at"


@admin.register(UserSession)
class SessionAdmin(ReadOnlyAdmin, StaffAdmin[UserSession]):
    """The sessions of people who are logged in."""

    list_display = fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_filter = ("last_seen_at",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "=ip")
    shown_of_others = ("user__name",)
    date_hierarchy = "last_seen_at"
