"""A bulk action in the admin leaves one entry in the audit trail for each object."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db.models import Model
from django.test import RequestFactory

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import CategoryFactory
from catalog.models import Category, Shop, ShopMember
from messaging.models import Decision, LinkHost
from tests.rulings import REASONS
from tests.staff.addresses import address
from trato.admin.bases import StaffAdmin
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def people(*, is_active: bool) -> Sequence[User]:
    return [UserFactory(is_active=is_active) for _ in range(3)]


def groups() -> Sequence[Group]:
    return [Group.objects.create(name=f"Group {number}") for number in range(3)]


# Every bulk action in the admin: the verb of its entries, and three objects for it.
ACTS: dict[tuple[type[Model], str], tuple[str, Callable[[], Sequence[Any]]]] = {
    (User, "decide_about_selected"): ("decision.suspend", lambda: people(is_active=True)),
    (User, "restore_selected"): ("user.restored", lambda: people(is_active=False)),
    (Category, "delete_selected"): (
        "category.deleted",
        lambda: [CategoryFactory() for _ in range(3)],
    ),
    (Group, "delete_selected"): ("group.deleted", groups),
    (LinkHost, "delete_selected"): (
        "linkhost.deleted",
        lambda: [LinkHost.objects.create(host=f"{one}.example", action="warn") for one in "abc"],
    ),
}


FORM = {"measure": "suspend", "days": "", "seen": 0, "reason": "Scam", **REASONS}


def do(client: Any, model: type[Model], name: str, rows: Sequence[Any]) -> None:
    """Do an action as a person does: choose rows, then confirm or give a reason."""
    chosen = {"action": name, "_selected_action": [row.pk for row in rows]}
    answer = client.post(address(model), chosen)
    if answer.status_code == 302:
        answer = client.post(answer.headers["Location"], FORM)
    else:
        answer = client.post(address(model), chosen | {"post": "yes"})
    assert answer.status_code == 302, answer.text


@pytest.mark.parametrize(("model", "name"), ACTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bulk_act_leaves_one_entry_per_thing(
    model: type[Model], name: str, chief: User, client_of: Any
) -> None:
    verb, make = ACTS[model, name]
    rows = make()
    do(client_of(chief), model, name, rows)
    subjects = {f"{model._meta.model_name}:{row.pk}" for row in rows}
    if verb == "decision.suspend":
        subjects = {f"decision:{row.pk}" for row in Decision.objects.all()}
    entries = AuditEntry.objects.all()
    assert entries.count() == 3
    assert {entry.subject for entry in entries} == subjects
    assert {(entry.verb, entry.actor) for entry in entries} == {(verb, chief)}


def test_what_somebody_did_before_leaves_no_entry(chief: User, client_of: Any) -> None:
    rows = [*people(is_active=False), UserFactory()]
    do(client_of(chief), User, "restore_selected", rows)
    assert AuditEntry.objects.count() == 3


class MemberInline(admin.TabularInline[ShopMember, Shop]):
    """Members in a form that staff can change. None of our own pages has one."""

    model = ShopMember
    fields = ("user", "role")
    extra = 1


class ShopWithMembersAdmin(StaffAdmin[Shop]):
    fields = ("city",)
    inlines = (MemberInline,)


def test_each_row_of_a_page_with_several_is_an_entry(
    shop: Shop, colleague: User, stranger: User, chief: User
) -> None:
    """One row is changed, one deleted and one added; the shop itself stays as it is."""
    owner, member = shop.memberships.order_by("pk")
    form = {
        "city": shop.city,
        "memberships-TOTAL_FORMS": 3,
        "memberships-INITIAL_FORMS": 2,
        "memberships-0-id": owner.pk,
        "memberships-0-user": owner.user_id,
        "memberships-0-role": next(one for one in ShopMember.Role.values if one != owner.role),
        "memberships-1-id": member.pk,
        "memberships-1-user": member.user_id,
        "memberships-1-role": member.role,
        "memberships-1-DELETE": "on",
        "memberships-2-user": stranger.pk,
        "memberships-2-role": member.role,
    }
    request: Any = RequestFactory().post("/", form)
    request.user, request._dont_enforce_csrf_checks = chief, True
    request.session = {}
    request._messages = FallbackStorage(request)
    answer = ShopWithMembersAdmin(Shop, admin.site).changeform_view(request, str(shop.pk))
    assert answer.status_code == 302
    added = shop.memberships.get(user=stranger)
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "subject", "reason")
    assert {*entries} == {
        ("shopmember.added", f"shopmember:{added.pk}", ""),
        ("shopmember.changed", f"shopmember:{owner.pk}", "role"),
        ("shopmember.deleted", f"shopmember:{member.pk}", ""),
    }
    assert not request.nothing_changed


def test_this_file_knows_every_bulk_act(chief: User) -> None:
    """A new one has to be added above."""
    request: Any = RequestFactory().get("/")
    request.user = chief
    acts = {
        (model, name)
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
    }
    assert acts == {*ACTS}
    assert not any(model_admin.list_editable for model_admin in admin.site._registry.values())
