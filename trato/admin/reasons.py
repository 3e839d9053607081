"""Staff actions that need a reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.errors import AlreadyDone
from trato.fields import MultilineField

REASON_MAX = 2000  # characters


class ReasonForm(forms.Form):
    """The reason, which every staff action needs."""

    reason = MultilineField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
    )


def act_with_reason(
    request: HttpRequest,
    title: str,
    acts: Sequence[Callable[..., object]],
    *,
    model: type[Model],
    back: str,
    allowed: bool,
    about: str = "",
    consequences: str = "",
    form_class: Callable[..., ReasonForm] = ReasonForm,
    initial: dict[str, Any] | None = None,
    template: str = "admin/reason.html",
    shown: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Ask for a reason, carry out some actions, and redirect.

    If somebody else has already done one of them, the page says so.

    Args:
        title: what is about to be done, as a heading.
        acts: functions that take the form's values by name, including `reason`. They may raise
            AlreadyDone, or a ValidationError, which undoes all of them.
        model: the model whose pages this one belongs to.
        back: the URL to redirect to, unless the request's `next` names another one on this site.
        allowed: whether the person may do this; the actions check it as well.
        about: the person or object that the actions concern.
        consequences: what happens as a result, in a sentence or two.
        form_class, initial: a form that asks for more than the reason, and its first values.
        template, shown: a template that extends the usual one, and the variables that it needs.

    Raises:
        PermissionDenied: the person may not do this.
    """
    if not allowed:
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        back = wanted
    form, status, already = form_class(request.POST or None, initial=initial), 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                already = _done_before(acts, form.cleaned_data)
            except ValidationError as error:
                form.add_error("reason", error)
            else:
                done = len(acts) - len(already)
                if done:
                    _show_outcome(request, done, already)
                    return HttpResponseRedirect(back)
                status = 409
    _focus(form)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": model._meta,
        "about": about,
        "consequences": consequences,
        "form": form,
        "already": already,
        "back": back,
        **(shown or {}),
    }
    return render(request, template, context, status=status)


@transaction.atomic
def _done_before(acts: Sequence[Callable[..., object]], values: Mapping[str, object]) -> list[str]:
    """Carry out the actions; return messages about those that somebody else had already done."""
    already: list[str] = []
    for act in acts:
        try:
            act(**values)
        except AlreadyDone as error:
            already += error.messages
    return already


def _show_outcome(request: HttpRequest, done: int, already: list[str]) -> None:
    text = gettext("Done. Recorded in the audit trail.")
    if already:
        text = gettext("Done for %(done)s of %(total)s. Recorded in the audit trail.") % {
            "done": done,
            "total": done + len(already),
        }
    messages.success(request, text)
    for what in already:
        messages.warning(request, what)


def _focus(form: ReasonForm) -> None:
    """Focus the first field that has an error, or else the first field.

    Otherwise people who come here by one of the desk's keys would have to tab past some forty
    links.
    """
    fields = sorted(form.visible_fields(), key=lambda field: field.name == "reason")  # comes last
    chosen = next((field for field in fields if field.errors), fields[0])
    chosen.field.widget.attrs["autofocus"] = True
