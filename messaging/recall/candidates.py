"""Find the copies of a scam, grouped by what they share with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models import Look, Message, Recall, Side
from trato.array_parameters import listed
from trato.people import Person

from . import pictures, traces, words
from .text_traces import WORDS, Trace, traces_of

SCAM = "scam"  # why the confirmed message itself is recalled
PICTURE = "picture"
# Strongest first: a message is shown in the first group that it belongs to.
LABELS = {
    WORDS: _("Nearly the same words"),
    PICTURE: _("The same picture"),
    "iban": _("The same IBAN"),
    "payment": _("The same payment account"),
    "phone": _("The same phone number"),
    "email": _("The same email address"),
    "messenger": _("The same name on a messenger"),
    "link": _("The same link"),
}
KINDS = tuple(LABELS)
# Chosen by default. Other messages may share a link or number because they ask about the scam.
COPIES = (WORDS, PICTURE)
SAMPLES = 3  # messages of a group that are shown initially
RELATED = ("sender", "conversation__shop", "conversation__consumer")


@dataclass
class Candidate:
    """A message that may be a copy, with everything that it shares with the scam."""

    message: Message
    kinds: list[str] = field(default_factory=list)
    is_chosen: bool = True

    @property
    def why(self) -> str:
        return ",".join(self.kinds)

    @property
    def recipient(self) -> str:
        """The name of the shopper or shop that got it."""
        talk = self.message.conversation
        return talk.consumer_name if self.message.side == Side.SELLER else talk.shop_name

    @property
    def also(self) -> list[object]:
        """The other things that the message shares with the scam, besides what its group does."""
        return [LABELS[kind] for kind in self.kinds[1:]]


@dataclass
class Group:
    """Messages that share one feature with the scam.

    Args:
        name: the group's name in forms.
        kind: one of `KINDS`.
        value: what they share, as written in the scam; empty for text and pictures.
    """

    name: str
    kind: str
    value: str
    rows: list[Candidate]
    is_chosen: bool = True

    @property
    def label(self) -> object:
        return LABELS[self.kind]

    @property
    def is_copies(self) -> bool:
        """Whether the messages are certainly copies, and chosen by default."""
        return self.kind in COPIES

    @property
    def samples(self) -> list[Candidate]:
        return self.rows[:SAMPLES]

    @property
    def others(self) -> list[Candidate]:
        return self.rows[SAMPLES:]

    @property
    def senders(self) -> int:
        return len({row.message.sender_id for row in self.rows})

    @property
    def recipients(self) -> int:
        """The number of shoppers and shops that got one of the messages."""
        return len({recipient_of(row.message) for row in self.rows})


@dataclass(frozen=True)
class Matches:
    """The groups, none of them empty. `is_cut`: more messages match than one recall takes back."""

    groups: list[Group]
    is_cut: bool

    def candidates(self) -> Iterator[Candidate]:
        for group in self.groups:
            yield from group.rows


def find(actor: Person, scam: Message, *, looked_at: datetime | None = None) -> Matches:
    """Return the copies of a scam from the last `RECALL_DAYS`, at most `RECALL_MOST`.

    Leaves out automatic messages, messages that were recalled before, and messages of people about
    whom the actor can't decide: staff and the actor.

    Args:
        looked_at: when a search was recorded. Messages that it did not find are left out, because
            the sides of their conversations would never see that staff have looked.
    """
    most, since = settings.RECALL_MOST, timezone.now() - timedelta(days=settings.RECALL_DAYS)
    sources = list(_sources(scam, since, most + 1))
    keys = list(dict.fromkeys(key for *_what, alike in sources for key in alike))
    related = _allowed(actor).exclude(pk=scam.pk).select_related(*RELATED)
    messages = {row.pk: row for row in related.filter(pk__in=listed(keys))}
    kept = [key for key in keys if key in messages]
    if looked_at is not None:
        messages = {
            row.pk: row for row in _looked_at(related, looked_at).filter(pk__in=listed(kept))
        }
    shown = [key for key in kept if key in messages]
    candidates = {key: Candidate(messages[key]) for key in shown[:most]}
    rows: dict[int, list[Candidate]] = defaultdict(list)
    for number, (_name, kind, _value, alike) in enumerate(sources):
        for key in alike:
            if one := candidates.get(key):
                if not one.kinds:
                    rows[number].append(one)
                if kind not in one.kinds:
                    one.kinds.append(kind)
    groups = [
        Group(name, kind, value, rows[number], is_chosen=kind in COPIES)
        for number, (name, kind, value, _alike) in enumerate(sources)
        if number in rows
    ]
    return Matches(groups, len(kept) > most)


def recipient_of(message: Message) -> tuple[str, int]:
    """Return the side that got a message, and the key of that shopper or shop."""
    conversation = message.conversation
    if message.side == Side.SELLER:
        return Side.CONSUMER, conversation.consumer_id
    return Side.SELLER, conversation.shop_id


def recalled() -> QuerySet[Recall]:
    """Return the recalls that have not been undone."""
    return Recall.objects.filter(undone_at=None)


def _allowed(actor: Person) -> QuerySet[Message]:
    rows = Message.objects.filter(is_automatic=False).exclude(sender_id=actor.pk)
    rows = rows.exclude(recalls__recall__in=recalled())
    return rows if actor.is_superuser else rows.exclude(_of_staff())


def _looked_at(rows: QuerySet[Message], at: datetime) -> QuerySet[Message]:
    """Return the messages whose conversations have a look from the search at the given time."""
    looks = Look.objects.filter(conversation=OuterRef("conversation"), created_at__gte=at)
    return rows.filter(Exists(looks), created_at__lte=at)


def _of_staff() -> Q:
    return Q(sender__is_staff=True) | Q(sender__is_superuser=True)


def _sources(
    scam: Message, since: datetime, limit: int
) -> Iterator[tuple[str, str, str, list[int]]]:
    """Yield the name, kind and value of what messages may share with the scam, and their keys."""
    texts = [scam.body, *scam.versions.values_list("body", flat=True)]
    shared: dict[int, Trace] = {one.key: one for text in texts for one in traces_of(text)}
    yield WORDS, WORDS, "", words.alike(scam.body, since, limit)
    yield PICTURE, PICTURE, "", pictures.same(scam, since, limit)
    for kind in KINDS:
        for key, one in shared.items():
            if one.kind == kind != WORDS:
                yield f"{kind}{key}", kind, one.written, traces.matches(one, since, limit)
