"""No URL and no search reveals what a page of the admin hides."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten, get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import RequestFactory

from accounts.admin import UserAdmin
from accounts.models import User
from catalog.factories import TeamInvitationFactory
from catalog.models import Product, Shop
from messaging.models import Message, ModerationMonth, Report
from tests.log_lines import Lines, written_lines
from tests.staff.addresses import address
from tests.whole import some_of
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

MODEL_ADMINS: dict[Any, Any] = dict(admin.site._registry)
MODELS = list(MODEL_ADMINS)
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
# The moderation figures are no list of rows: the page takes a year, and nothing else.
LISTS = [model for model in MODELS if model is not ModerationMonth]
some_models = pytest.mark.parametrize(
    "model", some_of(LISTS, 5), ids=lambda model: model._meta.label
)
lines = pytest.fixture(written_lines)
IN_WORDS = {"act": "verb", "why": "reason"}  # columns that a method shows in words


def asked_by(person: User, model: Any) -> Any:
    request = RequestFactory().get(address(model))
    request.user = person
    return request


def shown(model: Any, person: User) -> set[str]:
    """Return the columns on the pages of a model."""
    model_admin, request = MODEL_ADMINS[model], asked_by(person, model)
    fieldsets = model_admin.get_fieldsets(request)
    fields = [name for _title, options in fieldsets for name in flatten(options["fields"])]
    names = {model._meta.pk.name, *fields, *map(str, model_admin.get_list_display(request))}
    return names | {IN_WORDS[name] for name in names & IN_WORDS.keys()}


def columns(model: Any) -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Return every column of a model and of related models, as a URL would name it."""
    for field in model._meta.get_fields(include_hidden=True):
        if not field.is_relation:
            yield field.name, field
        elif field.related_model:
            if field.concrete:
                yield field.name, field
            for column in field.related_model._meta.concrete_fields:
                yield f"{field.name}__{column.name}", column


def comparable(answer: Any) -> str:
    """Return a page without the parts that differ every time."""
    return re.sub(r'nonce="[^"]+"|value="(\w{64}|/[^"]*)"', "", answer.text)


def hidden(model: Any, person: User) -> list[str]:
    visible = shown(model, person)
    return sorted({name for name, _field in columns(model) if name not in visible})


@every_model
def test_only_what_the_pages_show_can_be_filtered_by(model: Any, chief: User) -> None:
    model_admin, request, visible = (
        MODEL_ADMINS[model],
        asked_by(chief, model),
        shown(model, chief),
    )
    tried = 0
    for name, field in columns(model):
        for lookup in ("", *(f"__{lookup}" for lookup in field.get_lookups())):
            tried += 1
            if model_admin.lookup_allowed(name + lookup, "x", request):
                assert name in visible or name.removesuffix("__id") in visible, name + lookup
                assert not any(word in lookup for word in ("contains", "with", "regex", "range"))
    assert tried > 50


@some_models
def test_asking_for_a_hidden_column_tells_nothing(model: Any, chief: User, client_of: Any) -> None:
    """Each of the model's own columns, and one of each related model.

    The test above shows that no other columns are allowed.
    """
    client = client_of(chief)
    names = hidden(model, chief)
    for name in {name.rpartition("__")[0] or name: name for name in names}.values():
        assert client.get(address(model), {f"{name}__startswith": "a"}).status_code == 400, name
    for name in names[:1]:  # a list may show every column of its model
        answers = [client.get(address(model), {f"{name}__in": value}) for value in ("a", "1")]
        assert comparable(answers[0]) == comparable(answers[1])


def test_a_password_hash_and_private_words_are_not_read_by_filters(
    moderator: User, chief: User, said: Message, client_of: Any
) -> None:
    client = client_of(moderator)
    for model, query in (
        (User, {"password__startswith": chief.password[:3]}),
        (Message, {"body__startswith": said.body[:3]}),
        (Report, {"message__body__startswith": said.body[:3]}),
        (AuditEntry, {"actor__password__startswith": chief.password[:3]}),
    ):
        assert client.get(address(model), query).status_code == 400, query
        assert client.get(address(model), {"e": "1"}).status_code == 200


def test_the_token_of_an_invitation_is_neither_shown_nor_read_by_filters(
    shop: Shop, chief: User, client_of: Any
) -> None:
    invitation = TeamInvitationFactory(shop=shop, email="nora@example.com")
    client, page = client_of(chief), client_of(chief).get(address(Shop, f"{shop.pk}/change/")).text
    assert invitation.email in page
    assert invitation.token_hash not in page
    query = {"invitations__token_hash__startswith": invitation.token_hash[:3]}
    assert client.get(address(Shop), query).status_code == 400
    assert client.get(address(Shop), {"q": invitation.token_hash}).context["cl"].result_count == 0


@some_models
def test_a_lists_own_filters_and_dates_still_answer(
    model: Any, chief: User, client_of: Any
) -> None:
    client = client_of(chief)
    page = client.get(address(model))
    asked = [
        choice["query_string"]
        for spec in page.context["cl"].filter_specs
        for choice in spec.choices(page.context["cl"])
    ]
    if page.context["cl"].date_hierarchy:
        asked.append(f"?{page.context['cl'].date_hierarchy}__year=2026")
    for query in {*asked, "?pk__in=1,2", "?o=1", "?all="}:
        assert client.get(address(model) + query).status_code == 200, query


@some_models
def test_a_list_is_ordered_by_what_it_shows_only(model: Any, chief: User, client_of: Any) -> None:
    model_admin, request, visible = (
        MODEL_ADMINS[model],
        asked_by(chief, model),
        shown(model, chief),
    )
    listed: ChangeList = model_admin.get_changelist_instance(request)
    for name in listed.list_display:
        order = str(listed.get_ordering_field(name) or "pk").lstrip("-")
        known = visible | {"pk", "outcome", "subject", *model_admin.shown_of_others}
        assert order in known, name
    for query in ("?o=99", "?o=-99", "?o=password", "?o=1.2.3"):
        assert client_of(chief).get(address(model) + query).status_code == 200


@some_models
def test_no_hidden_column_is_a_key(model: Any, chief: User, client_of: Any) -> None:
    client = client_of(chief)
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    for name in names:
        for page in (address(model), address(model, "1/change/")):
            answer = client.get(page, {"_to_field": name, "_popup": "1"})
            assert answer.status_code == 400, (page, name)
    assert client.get(address(model), {"_to_field": model._meta.pk.name}).status_code == 200


@every_model
def test_a_search_looks_at_what_its_reader_may_read(
    model: Any, helper: User, grant: Callable[[User, str], None]
) -> None:
    grant(helper, f"view_{model._meta.model_name}")
    model_admin, request = MODEL_ADMINS[model], asked_by(helper, model)
    # Methods of the model admin show the subject, a reporter's text and who a visitor is.
    methods = {"pk", "subject", "words", "visitor_email"}
    visible = shown(model, helper) | {*model_admin.shown_of_others} | methods
    found_by = [
        name for name in getattr(model_admin, "found_by", ()) if model_admin.may_ask(request, name)
    ]
    for name in [*model_admin.get_search_fields(request), *found_by]:
        assert name.lstrip("=^@") in visible, name
    for name in model_admin.shown_of_others:
        assert get_fields_from_path(model, name)[-1].name in ("name", "title"), name


def listed(client: Any, model: Any, query: str) -> int:
    return int(client.get(address(model), {"q": query}).context["cl"].result_count)


def test_an_address_is_searched_by_those_who_may_read_it(
    helper: User,
    shopper: User,
    reported: Report,
    shop: Shop,
    client_of: Any,
    grant: Callable[[User, str], None],
) -> None:
    for codename in ("view_report", "view_message", "view_shop", "change_product"):
        grant(helper, codename)
    terms = {Report: shopper.email, Message: shopper.email, Shop: shop.members.get().email}
    autocomplete = "/admin/autocomplete/?" + urlencode(
        {
            "app_label": "catalog",
            "model_name": "product",
            "field_name": "shop",
            "term": terms[Shop],
        }
    )
    for allowed in (False, True):
        client = client_of(helper)
        for model, term in terms.items():
            assert listed(client, model, term) == int(allowed), model
        assert len(json.loads(client.get(autocomplete).content)["results"]) == int(allowed)
        grant(helper, "view_user")
        helper = User.objects.get(pk=helper.pk)
    assert listed(client_of(helper), Report, "lucía") == 1


@pytest.mark.parametrize(
    ("model", "field"),
    [("shop", "conversations"), ("product", "conversations"), ("shop", "members"), ("shop", "x")],
)
def test_no_relation_is_suggested_that_no_page_completes(
    model: str, field: str, chief: User, shop: Shop, client_of: Any
) -> None:
    asked = {"app_label": "catalog", "model_name": model, "field_name": field, "term": ""}
    assert client_of(chief).get("/admin/autocomplete/", asked).status_code == 403


def test_what_is_refused_is_one_line_that_says_who_asked(
    moderator: User, lines: Lines, client_of: Any
) -> None:
    client = client_of(moderator)
    for path, query, status in (
        (address(User), {"password__startswith": "Xylophone"}, 400),
        (address(User), {"_to_field": "password"}, 400),
        (address(Product), {}, 403),
    ):
        before = len(lines())
        assert client.get(path, query).status_code == status
        (line,) = [line for line in lines()[before:] if line["level"] != "debug"]
        assert path in line["event"]
        assert line["user"] == moderator.pk
        assert "exception" not in line
        assert "Xylophone" not in json.dumps(line)


def test_a_defect_keeps_its_traceback(
    moderator: User, lines: Lines, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(UserAdmin, "get_queryset", broken)
    client = client_of(moderator)
    client.raise_request_exception = False
    assert client.get(address(User)).status_code == 500
    assert any("RuntimeError: broken" in line.get("exception", "") for line in lines())


# -- from a row to its page on the site ------------------------------------------------------


def on_site(row: Any) -> str:
    return f"/admin/r/{ContentType.objects.get_for_model(row).pk}/{row.pk}/"


def test_the_address_of_a_draft_is_told_to_those_who_may_read_it(
    helper: User, seller: User, product: Product, client_of: Any, grant: Callable[..., None]
) -> None:
    Product.objects.update(published_at=None)
    answer = client_of(helper).get(on_site(product))
    missing = client_of(helper).get(on_site(product).replace(f"/{product.pk}/", "/99999/"))
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert comparable(answer) == comparable(missing)
    assert product.slug not in answer.text
    assert client_of(seller).get(on_site(product)).headers["Location"].startswith("/admin/login/")
    grant(helper, "view_product")
    answer = client_of(helper).get(on_site(product))
    assert answer.headers["Location"].endswith(f"/products/{product.slug}/")


@pytest.mark.parametrize("rest", ["x/1/", "0/1/", "1/x/", f"{'9' * 30}/1/"])
def test_an_address_of_nothing_is_not_found(rest: str, chief: User, client_of: Any) -> None:
    assert client_of(chief).get(f"/admin/r/{rest}").status_code in (400, 404)
