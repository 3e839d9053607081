"""What the demo's shops have sorted already: labels, who takes care of what, and stars."""

from collections.abc import Iterable

from messaging.demo.rows import Talk
from messaging.models import Conversation, ConversationLabel, Label, Participant

# By language: the name, the colour, and the beginnings of words in a conversation that deserves it.
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
    """Label conversations by their words, assign some to the person who answers, and star a few.

    Args:
        talks: stored.
        languages: the language that each person writes, by their ID.
    """
    labels: dict[int, list[tuple[Label, tuple[str, ...]]]] = {}
    for number, talk in enumerate(talks):
        row = talk.conversation
        if row.shop_id not in labels:
            known = LABELS[languages.get(talk.answering.pk, "en")]
            labels[row.shop_id] = [(_label(row.shop_id, *one[:2]), one[2]) for one in known]
        words = " ".join(line.text for line in talk.lines).lower()
        for label, beginnings in labels[row.shop_id]:
            if any(f" {beginning}" in words for beginning in beginnings):
                ConversationLabel.objects.create(conversation=row, label=label)
        if number % ASSIGNED_EVERY == 0:
            Conversation.objects.filter(pk=row.pk).update(assignee=talk.answering.pk)
        if number % STARRED_EVERY == 0:
            own = Participant.objects.filter(conversation=row, user=talk.answering.pk)
            own.update(starred_at=talk.times[-1])


def _label(shop_id: int, name: str, colour: str) -> Label:
    return Label.objects.create(shop_id=shop_id, name=name, folded_name=name.lower(), colour=colour)
