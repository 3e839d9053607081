"""A shop's labels: its members create, change and delete them."""

import unicodedata
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging import access
from messaging.host import shop_model
from messaging.models import Label
from messaging.team import events
from messaging.team.frames import LabelItem, LabelsChanged
from trato.errors import Refused, when_shown
from trato.people import Person
from trato.text import validate_name


@transaction.atomic
def create(actor: Person, shop_id: int, name: str, colour: str) -> Label:
    """Create a label for a shop; if the shop already has the same label, return that.

    Raises:
        Http404: the actor doesn't work for the shop.
        Refused: the shop has `LABELS_MAX` labels, or the name is taken or unsuitable.
    """
    _lock_shop(actor, shop_id)
    labels = Label.objects.filter(shop_id=shop_id)
    name = _checked(name, colour)
    if same := labels.filter(name=name, colour=colour).first():
        return same  # a second click
    if labels.count() >= settings.LABELS_MAX:
        raise Refused("invalid", when_shown(_too_many))
    label = Label(shop_id=shop_id)
    _set(label, name, colour)
    label.save()
    _announce(label.shop_id, changed=[label])
    return label


@transaction.atomic
def change(
    actor: Person, label_id: int, name: str, colour: str, seen: tuple[str, str] | None = None
) -> Label:
    """Change a label's name or colour.

    Args:
        seen: the name and colour that the actor's page showed. If the actor didn't change one of
            them, it keeps its current value.

    Raises:
        Refused: the name is taken or unsuitable; `conflict` if a colleague changed the same one;
            `not_found` if the actor's shops have no such label.
    """
    try:
        label = _label_of(actor, label_id)
    except Http404 as error:
        text = _("That label is gone. A colleague may have deleted it. Create it again if needed.")
        raise Refused("not_found", text) from error
    if seen:
        name = _merged(name, seen[0], label.name)
        colour = _merged(colour, seen[1], label.colour)
    _set(label, name, colour)
    label.save()
    _announce(label.shop_id, changed=[label])
    return label


@transaction.atomic
def delete(actor: Person, label_id: int) -> bool:
    """Delete a label, and remove it from all conversations.

    Returns:
        Whether the actor's shops had the label; False after a second click.
    """
    try:
        label = _label_of(actor, label_id)
    except Http404:
        return False
    # Labelling a conversation locks the label until the transaction ends.
    Label.objects.select_for_update().get(pk=label.pk)
    label.delete()
    _announce(label.shop_id, deleted=[label_id])
    return True


def _announce(shop_id: int, *, changed: Sequence[Label] = (), deleted: Sequence[int] = ()) -> None:
    items = [LabelItem(label.pk, label.name, label.colour) for label in changed]
    frame = LabelsChanged(shop=shop_id, changed=items, deleted=list(deleted))
    events.labels_changed(shop_id, frame)


def _label_of(actor: Person, label_id: int) -> Label:
    label = Label.objects.filter(pk=label_id).first()
    if label is None:
        raise Http404("no such label")
    _lock_shop(actor, label.shop_id)
    label = Label.objects.filter(pk=label_id).first()  # as it is under the lock
    if label is None:
        raise Http404("no such label")
    return label


def _lock_shop(actor: Person, shop_id: int) -> None:
    """Lock a shop, so that the number and names of its labels can be checked."""
    if shop_id not in access.scope_of(actor).shop_ids:
        raise Http404("no such shop")
    list(shop_model()._default_manager.select_for_update(no_key=True).filter(pk=shop_id))


def _checked(name: str, colour: str) -> str:
    """Return the name as it will be stored, or raise `Refused` if name or colour is unsuitable."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    try:
        validate_name(name)
    except ValidationError as error:
        raise Refused("invalid", error.messages[0]) from error
    if len(name) > settings.LABEL_MAX_CHARACTERS:
        raise Refused("too_long", when_shown(_too_long))
    if colour not in Label.Colour.values:
        raise Refused("invalid", _("Choose one of the colours."))
    return name


def _set(label: Label, name: str, colour: str) -> None:
    name = _checked(name, colour)
    others = Label.objects.filter(shop_id=label.shop_id).exclude(pk=label.pk)
    if others.filter(folded_name=name.lower()).exists():
        raise Refused("invalid", _("There is a label of this name already."))
    label.name, label.folded_name, label.colour = name, name.lower(), colour


def _merged(wanted: str, seen: str, now: str) -> str:
    """Return the value that somebody typed; if they didn't change it, the current one."""
    if wanted == seen:
        return now
    if now not in (seen, wanted):
        raise Refused(
            "conflict", _("A colleague has changed this label. Save again to keep yours.")
        )
    return wanted


def _too_many() -> str:
    most = settings.LABELS_MAX
    text = ngettext(
        "A shop can have at most %(count)s label.",
        "A shop can have at most %(count)s labels.",
        most,
    )
    return text % {"count": most}


def _too_long() -> str:
    most = settings.LABEL_MAX_CHARACTERS
    text = ngettext(
        "A label's name has at most %(count)s character.",
        "A label's name has at most %(count)s characters.",
        most,
    )
    return text % {"count": most}
