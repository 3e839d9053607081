"""The audit trail records every change in the admin, and nobody extends their own permissions."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models.fields.files import FieldFile

from accounts.admin import UserAdmin
from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import CategoryFactory
from catalog.models import Category
from messaging.moderation import permissions as moderators
from tests.digests import digests
from tests.rulings import suspend
from tests.staff.addresses import address, of
from tests.staff.rows import fill
from tests.whole import some_of
from trato.admin.bases import StaffAdmin
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

MODELS = list(admin.site._registry)


@pytest.fixture
def almost(helper: User) -> User:
    """A staff member with every permission, but not a superuser."""
    helper.user_permissions.set(Permission.objects.all())
    return helper


def stored() -> dict[str, str]:
    """Return a digest of each table's rows, except for the admin's own log."""
    beside = (AuditEntry, LogEntry, Session)
    models = apps.get_models(include_auto_created=True)
    return digests(model for model in models if model not in beside)


def sent(form: forms.ModelForm[Any], page: str) -> dict[str, Any]:
    """Return what a browser would send for an unchanged form."""
    hidden = re.findall(r'<input type="hidden" name="([\w-]+_FORMS)" value="(\d*)"', page)
    values = {name: form[name].value() for name in form.fields}
    shown = {
        name: [str(getattr(row, "pk", row)) for row in value] if isinstance(value, list) else value
        for name, value in values.items()
        if value not in (None, False) and not isinstance(value, FieldFile)
    }
    return {**dict(hidden), **shown}


def others(field: Any, value: Any) -> Iterator[Any]:
    """Return another valid value for a field."""
    rows: Any = getattr(field, "queryset", None)
    if isinstance(field, forms.ModelMultipleChoiceField):
        chosen = {getattr(row, "pk", row) for row in value or ()}
        yield [row.pk for row in rows if row.pk not in chosen][:3]
    elif isinstance(field, forms.ModelChoiceField):
        yield from [row.pk for row in rows if row.pk != value][:1]
    elif isinstance(field, forms.BooleanField):
        yield "" if value else "on"
    elif isinstance(field, forms.ChoiceField):
        yield from [key for key, _label in getattr(field, "choices", ()) if key not in ("", value)][
            :1
        ]
    elif isinstance(field, forms.SplitDateTimeField):
        return
    elif isinstance(field, forms.IntegerField):
        yield "41"
    else:
        yield "another-one"


def acts(client: Any, model: Any, row: Any) -> Iterator[Callable[[], Any]]:
    """Return everything that can be sent to the pages of a row and of its model."""
    for page in (of(row), address(model, "add/")):
        answer = client.get(page)
        model_admin = admin.site._registry[model]
        if answer.status_code == 200 and "adminform" in (answer.context or {}):
            form = answer.context["adminform"].form
        else:  # there is no page: what a script could send anyway
            form = forms.modelform_factory(model, exclude=())(instance=row)
        unchanged = sent(form, answer.text)
        all_others = {name: [*others(form.fields[name], None)][:1] for name in form.fields}
        filled = {name: value[0] for name, value in all_others.items() if value}
        for fields in (unchanged, unchanged | filled):
            yield partial(client.post, page, fields)
        for name, field in form.fields.items():
            for value in others(field, form[name].value()):
                fields = unchanged | {name: value}
                yield partial(client.post, page, fields)
    for name in {*model_admin.get_actions(answer.wsgi_request), "make_verified", "delete_selected"}:
        fields = {"action": name, "_selected_action": [row.pk], "post": "yes"}
        yield partial(client.post, address(model), fields)
    yield partial(client.post, of(row, "delete/"), {"post": "yes"})


@pytest.mark.parametrize(
    ("actor", "model"),
    some_of(product(["chief", "almost"], MODELS), 9),
    indirect=["actor"],
    ids=lambda value: value if isinstance(value, str) else value._meta.label,
)
def test_every_change_in_the_admin_is_in_the_audit_trail(
    model: Any, actor: User, client_of: Any
) -> None:
    fill(2)
    CategoryFactory()
    actor.groups.add(Group.objects.get(name=moderators.NAME))
    client = client_of(actor)
    row = model._default_manager.earliest("pk")
    rights = User.objects.get(pk=actor.pk).get_all_permissions()
    before, rows = stored(), AuditEntry.objects.count()
    for act in acts(client, model, row):
        answer = act()
        after, count = stored(), AuditEntry.objects.count()
        changed = [label for label in after if after[label] != before[label]]
        recorded = AuditEntry.objects.all()[: count - rows]
        before, rows = after, count
        assert bool(recorded) == bool(changed), (changed, answer)
        assert all(entry.actor == actor for entry in recorded)
        if not actor.is_superuser:
            assert User.objects.get(pk=actor.pk).get_all_permissions() == rights
            assert User.objects.filter(is_superuser=True).count() == 0
            assert "account.EmailAddress" not in changed


def test_the_walk_changes_what_may_be_changed(chief: User, client_of: Any) -> None:
    """Otherwise the test above would also pass if nothing could be changed at all."""
    fill(1)
    row = Category.objects.create(name="Lamps", slug="lamps")
    for act in acts(client_of(chief), Category, row):
        act()
    verbs = set(AuditEntry.objects.filter(actor=chief).values_list("verb", flat=True))
    assert verbs == {"category.added", "category.changed", "category.deleted"}


def test_pages_of_other_apps_are_left_out() -> None:
    assert all(isinstance(model_admin, StaffAdmin) for model_admin in admin.site._registry.values())
    admin.site.register(ContentType, admin.ModelAdmin)
    assert ContentType not in admin.site._registry


@pytest.mark.parametrize("actor", ["chief", "almost"], indirect=True)
def test_nobody_of_the_staff_gives_an_account_an_address(
    actor: User, shopper: User, client_of: Any
) -> None:
    client = client_of(actor)
    form = {"user": shopper.pk, "email": "mine@example.com", "verified": "on", "primary": "on"}
    assert client.post("/admin/account/emailaddress/add/", form).status_code == 403
    own = EmailAddress.objects.create(user=shopper, email="lucia@example.org")
    assert client.post(of(own), form).status_code == 403
    chosen = {"action": "make_verified", "_selected_action": [own.pk]}
    client.post("/admin/account/emailaddress/", chosen)
    kept = EmailAddress.objects.values_list("email", "verified")
    assert list(kept) == [("lucia@example.org", False)]
    assert own.email in client.get("/admin/account/emailaddress/").text


def test_only_superusers_change_a_group_and_that_is_on_record(
    almost: User, chief: User, client_of: Any
) -> None:
    group = Group.objects.get(name=moderators.NAME)
    permissions = set(group.permissions.values_list("pk", flat=True))
    more = Permission.objects.get(codename="change_user")
    less = Permission.objects.get(codename="suspend_user")
    form = {"name": group.name, "permissions": [*permissions - {less.pk}, more.pk]}
    assert client_of(almost).post(of(group), form).status_code == 403
    assert client_of(almost).post(of(group, "delete/"), {"post": "yes"}).status_code == 403
    assert set(group.permissions.values_list("pk", flat=True)) == permissions
    assert not AuditEntry.objects.exists()
    assert client_of(chief).post(of(group), form).status_code == 302
    assert more in group.permissions.all()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb) == (chief, "group.changed")
    assert entry.reason == "permissions: +change_user -suspend_user"
    client_of(chief).post(of(group, "delete/"), {"post": "yes"})
    assert not Group.objects.filter(pk=group.pk).exists()
    assert AuditEntry.objects.latest("pk").verb == "group.deleted"


def test_a_form_without_a_change_says_so(chief: User, shopper: User, client_of: Any) -> None:
    form = {"name": shopper.name, "role": shopper.role}
    page = client_of(chief).post(of(shopper), form, follow=True).text
    assert "Nothing was changed." in page
    assert not AuditEntry.objects.exists()
    page = client_of(chief).post(of(shopper), form | {"name": "Lucía R."}, follow=True).text
    assert "was changed successfully" in page
    assert AuditEntry.objects.get().reason == "name"


def test_a_form_writes_only_what_it_changed(
    chief: User, shopper: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody suspends the person after the form was loaded and before it is saved."""
    save_form = UserAdmin.save_form

    def saved_late(*args: Any, **kwargs: Any) -> Any:
        suspend(UserFactory(staff=True, is_superuser=True), shopper.pk, "Scam")
        return save_form(*args, **kwargs)

    monkeypatch.setattr(UserAdmin, "save_form", saved_late)
    client_of(chief).post(of(shopper), {"name": "Lucía R.", "role": shopper.role})
    person = User.objects.get(pk=shopper.pk)
    assert (person.name, person.is_active) == ("Lucía R.", False)
