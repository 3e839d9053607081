"""Put a shop's labels on conversations. Only members of the shop may; only they are notified.

`labels` has the labels themselves.
"""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.models import Conversation, ConversationLabel, Label, Side
from messaging.team import actions as team
from messaging.team import events
from messaging.team.frames import TeamChanged
from trato.array_parameters import listed
from trato.errors import Refused
from trato.people import Person

from . import queries, tokens
from .frames import Impossible, Outcome
from .tokens import Change


def change(
    actor: Person, ids: Sequence[int], label_id: int, decide: Callable[[Conversation, bool], bool]
) -> Outcome:
    """Put a label on conversations or remove it, inside the transaction of an action.

    Args:
        ids: IDs of conversations, in the order of the result.
        decide: takes a conversation and whether it has the label, and returns whether it should
            have it, or raises `Impossible`.

    Raises:
        Refused: `not_found` if the actor's shops have no such label.
    """
    # The label's lock keeps others from adding, removing or deleting it.
    own = Label.objects.filter(pk=label_id, shop_id__in=access.scope_of(actor).shop_ids)
    label = own.select_for_update(no_key=True).first()
    if label is None:
        raise Refused("not_found", _("That label is gone. A colleague may have deleted it."))
    conversations = queries.find(actor, ids)
    labelled = ConversationLabel.objects.filter(label=label, conversation__in=listed(conversations))
    has = set(labelled.values_list("conversation_id", flat=True))
    failed = {pk: "not_found" for pk in ids if pk not in conversations}
    changes: list[Change] = []
    for pk, row in conversations.items():
        try:
            if row.shop_id != label.shop_id:
                raise Impossible("not_found")
            if row.side_of(actor.pk) is not Side.SELLER:
                raise Impossible("forbidden")
            wanted = decide(row, pk in has)
        except Impossible as impossible:
            failed[pk] = impossible.code
            continue
        if wanted != (pk in has):
            changes.append(Change(pk, [pk in has], [wanted]))
    changed = [conversations[change.conversation] for change in changes]
    revisions = team.bump(row.pk for row in changed) if changed else {}
    _set_label(label, changes)
    labels = queries.labels_of(revisions)
    events.changed_many(
        (
            row,
            TeamChanged(
                conversation=row.pk, team_revision=revisions[row.pk], labels=labels[row.pk]
            ),
        )
        for row in changed
    )
    return Outcome(
        done=[pk for pk in ids if pk not in failed],
        failed=failed,
        undo=tokens.undo(actor, "label", [label.pk], changes) if changes else "",
    )


def _set_label(label: Label, changes: Iterable[Change]) -> None:
    added: list[int] = []
    removed: list[int] = []
    for change in changes:
        (added if change.after[0] else removed).append(change.conversation)
    if added:
        ConversationLabel.objects.bulk_create(
            [ConversationLabel(conversation_id=pk, label=label) for pk in added]
        )
    if removed:
        label.labelled.filter(conversation__in=listed(removed)).delete()
