"""The triage in the demo's shops: labels, assignees, and stars."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from messaging.demo.rows import Talk
from messaging.models import Conversation, ConversationLabel, Label, Participant

# By language: the name, the colour, and the beginnings of words in a conversation that gets it.
LABELS = {
    "es": [
        ("Envío", "blue", ("env", "correo", "llega")),
        ("Regalo", "red", ("regal", "cumple", "boda")),
        ("Por encargo", "violet", ("encarg", "medida", "a mano")),
        ("Al por mayor", "teal", ("docena", "restaurante", "tienda")),
    ],
    "en": [
        ("Shipping", "blue", ("ship", "post", "arriv")),
        ("Gift", "red", ("gift", "birthday", "wedding")),
        ("Made to order", "violet", ("order", "custom", "made to")),
        ("Wholesale", "teal", ("dozen", "restaurant", "wholesale")),
    ],
}
ASSIGNED_EVERY, STARRED_EVERY = 3, 9  # conversations


def sort(talks: Iterable[Talk], languages: dict[int, str]) -> None:
    """Label conversations by their text, assign some to the person who answers, and star a few.

    Args:
        talks: stored.
        languages: the language in which each person writes, by their ID.
    """
    sorted_talks = list(talks)
    languages_of = {
        talk.conversation.shop_id: languages.get(talk.answering.pk, "en") for talk in sorted_talks
    }
    labels = {
        shop_id: [(_label(shop_id, *one[:2]), one[2]) for one in LABELS[language]]
        for shop_id, language in languages_of.items()
    }
    Label.objects.bulk_create(label for known in labels.values() for label, _words in known)
    ConversationLabel.objects.bulk_create(
        ConversationLabel(conversation=talk.conversation, label=label)
        for talk in sorted_talks
        for label, beginnings in labels[talk.conversation.shop_id]
        if _has(talk, beginnings)
    )
    assigned = sorted_talks[::ASSIGNED_EVERY]
    for talk in assigned:
        talk.conversation.assignee_id = talk.answering.pk
    Conversation.objects.bulk_update([talk.conversation for talk in assigned], ["assignee"])
    starred = Q()
    for talk in sorted_talks[::STARRED_EVERY]:
        starred |= Q(conversation=talk.conversation, user=talk.answering.pk)
    Participant.objects.filter(starred).update(starred_at=timezone.now())


def _has(talk: Talk, beginnings: tuple[str, ...]) -> bool:
    words = " ".join(line.text for line in talk.lines).lower()
    return any(f" {beginning}" in words for beginning in beginnings)


def _label(shop_id: int, name: str, colour: str) -> Label:
    return Label(shop_id=shop_id, name=name, folded_name=name.lower(), colour=colour)
