"""The admin's pages: who sees what, and what they cost."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.text import capfirst

from accounts.models import User
from catalog.models import KeptPicture, SubmittedForm
from messaging.models import (
    Case,
    DismissedWarning,
    File,
    KeptQuestion,
    LastActive,
    Look,
    Message,
    MessageTrace,
    MessageVersion,
    PresenceChoice,
    Reaction,
    ReadBefore,
    RecallItem,
    RecallWarning,
    Report,
    Sanction,
    TraceProgress,
)
from messaging.moderation import permissions
from notifications.models import News, ReadAnnouncement
from tests.staff.addresses import address, of
from tests.staff.rows import fill
from tests.whole import some_of

pytestmark = pytest.mark.django_db

MODELS = list(admin.site._registry)
KEPT = [
    "auditentry", "block", "conversation", "dryrun", "message", "notification", "nudge",
    "objection", "participant", "recall", "report", "user",
]  # fmt: skip
every_model = pytest.mark.parametrize(
    "model", some_of(MODELS, 10), ids=lambda model: model._meta.label
)


@every_model
def test_a_superuser_reads_every_list_and_every_row(
    model: Any, chief: User, client_of: Any
) -> None:
    fill(1)
    client = client_of(chief)
    assert client.get(address(model)).status_code == 200
    assert client.get(address(model), {"q": "a"}).status_code == 200
    may_add = admin.site._registry[model].has_add_permission(client.get("/").wsgi_request)
    assert client.get(address(model, "add/")).status_code == (200 if may_add else 403)
    row = model._default_manager.latest("pk")
    page = client.get(of(row))
    assert page.status_code == 200
    usual = f"{capfirst(model._meta.verbose_name)} {row}"
    # A case's name is what it is about.
    named = row.subject.replace(":", " ").capitalize() if isinstance(row, Case) else usual
    assert page.context["title"] == named


@every_model
def test_a_list_costs_the_same_however_long_it_is(model: Any, chief: User, client_of: Any) -> None:
    client = client_of(chief)
    costs = []
    for _ in range(2):
        fill(4)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(model)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 14


# A shop's own: how it sorts and answers, and notes that staff never read. Lanes are derived.
TOOLS_OF_SHOPS = tuple(
    f"messaging.{feature}."
    for feature in (
        "away", "figures", "lanes", "notes", "opening_hours", "saved_replies", "saved_views",
        "scheduled", "team", "triage",
    )
)  # fmt: skip


def test_every_model_of_ours_has_its_page_or_stands_on_its_parents() -> None:
    ours = {
        model
        for label in ("accounts", "catalog", "messaging", "notifications")
        for model in apps.get_app_config(label).get_models()
    }
    inline = {
        inline.model
        for model_admin in admin.site._registry.values()
        for inline in model_admin.inlines
    }
    of_forms_under_way = {SubmittedForm, KeptPicture, KeptQuestion}  # for some days
    of_themselves = {  # staff don't use them to decide anything
        PresenceChoice, LastActive, DismissedWarning, ReadAnnouncement,
    }  # fmt: skip
    # On the pages of notifications and decisions, in a conversation that staff look into, in the
    # audit trail, on none.
    shown_with_others = {
        File, Look, News, MessageVersion, Reaction, ReadBefore, RecallItem, RecallWarning, Sanction,
    }  # fmt: skip
    to_find_by = {MessageTrace, TraceProgress}
    of_shops = {model for model in ours if model.__module__.startswith(TOOLS_OF_SHOPS)}
    without = of_forms_under_way | of_themselves | shown_with_others | of_shops | to_find_by
    assert ours - without <= {*MODELS, *inline}


@pytest.mark.parametrize("name", KEPT)
def test_history_is_neither_added_nor_deleted_by_anybody(
    name: str, chief: User, client_of: Any
) -> None:
    fill(1)
    client = client_of(chief)
    model = next(model for model in MODELS if model._meta.model_name == name)
    row = model._default_manager.latest("pk")
    before = model._default_manager.values()
    stored = list(before)
    assert client.post(address(model, "add/"), {}).status_code == 403
    assert client.post(of(row, "delete/"), {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(address(model), form)
    if name != "user":
        assert client.post(of(row), {}).status_code == 403
    assert list(before.all()) == stored


def test_moderators_read_what_they_need_and_nothing_else(
    moderator: User, reported: Report, client_of: Any
) -> None:
    client = client_of(moderator)
    seen = {
        model._meta.model_name for model in MODELS if client.get(address(model)).status_code == 200
    }
    assert seen == {
        "user", "announcement", "appeal", "auditentry", "case", "conversation", "decision",
        "dryrun", "heldmessage", "linkhost", "message", "moderationmonth", "mutedreporter",
        "objection", "persontrust", "recall", "report", "shieldrule", "staffmessage",
    }  # fmt: skip
    assert client.get(address(Report, f"{reported.pk}/change/")).status_code == 200


@every_model
def test_nobody_without_permission_sees_a_list(
    model: Any, helper: User, seller: User, client_of: Any
) -> None:
    assert client_of(helper).get(address(model)).status_code == 403
    for outsider in (seller, None):
        answer = client_of(outsider).get(address(model))
        assert answer.headers["Location"].startswith("/admin/login/")


def test_the_admin_is_entered_through_the_sites_own_login(client_of: Any) -> None:
    answer = client_of(None).get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_words_and_keys_of_others_stand_on_no_list_and_no_row(
    chief: User, said: Message, client_of: Any
) -> None:
    fill(1)
    client = client_of(chief)
    for model in MODELS:
        pages = [address(model)]
        pages += [of(row) for row in model._default_manager.all()]
        for page in pages:
            text = client.get(page).text
            for secret in ("555 123", "OPENSESAME", "hijack-", "pbkdf2", "md5$"):
                assert secret not in text, page


# -- the group -------------------------------------------------------------------------------


def test_the_moderators_group_stays_as_staff_want_it() -> None:
    group = Group.objects.get(name=permissions.NAME)
    assert group.permissions.count() == 32
    group.permissions.remove(group.permissions.get(codename="suspend_user"))
    permissions.make_group()
    assert group.permissions.count() == 31
    group.delete()
    permissions.make_group()
    assert Group.objects.get(name=permissions.NAME).permissions.count() == 32


def test_pages_about_allauths_models_speak_the_readers_language(
    chief: User, client_of: Any
) -> None:
    client = client_of(chief)
    client.cookies["django_language"] = "es"
    for path, words in (
        ("/admin/", ("Sesiones", "Verificación en dos pasos", "Segundos pasos")),
        ("/admin/mfa/authenticator/", ("Segundos pasos", "último uso")),
        ("/admin/usersessions/usersession/", ("Sesiones", "última visita")),
    ):
        page = client.get(path).text
        assert not {word for word in words if word not in page and word.capitalize() not in page}
        assert not re.search("Authenticator|User session|Last (used|seen) at|MFA", page)
