"""Compare what the clients saw with the database, and describe violations.

It is a pure function of these two: it asks no server and trusts no client.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import held_checks
from .history import Event, History
from .truth import Truth

SEED = "seed"  # prefix of the suite's own first messages
SHOWN = 5  # complaints of one kind that are described


@dataclass
class Verdict:
    """The result of a check.

    Args:
        sent: messages that clients sent to the server, without trespassers.
        acknowledged: messages that the server acknowledged.
        lost: acknowledged or held but not in the database, or in it but missing on a client.
        doubled: stored more than once.
        reordered: delivered after a later message.
        complaints: descriptions of all violations; empty is green.
    """

    sent: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    complaints: list[str] = field(default_factory=list)

    def complain(self, broken: Iterable[str]) -> int:
        """Add complaints of one kind; return how many there were."""
        added = list(broken)
        self.complaints += added[:SHOWN]
        if len(added) > SHOWN:
            self.complaints.append(f"… and {len(added) - SHOWN} more of this kind")
        return len(added)


def check(history: History, truth: Truth, clients: dict[str, int]) -> Verdict:
    """Compare a history with the truth.

    Args:
        clients: the clients that stayed to the end, with their badges.
    """
    verdict = Verdict()
    sends = {event.client_id for event in history.of("send") if _is_member(event, truth)}
    acks = [event for event in history.of("ack") if _is_member(event, truth)]
    verdict.sent, verdict.acknowledged = len(sends), len({ack.client_id for ack in acks})
    verdict.lost += verdict.complain(_acknowledged_and_lost(acks, truth))
    verdict.doubled += verdict.complain(_stored_twice(truth))
    verdict.lost += verdict.complain(held_checks.lost(history, truth))
    verdict.complain(_stored_though_refused(history, truth))
    verdict.complain(_stored_though_not_sent(sends, truth))
    verdict.complain(_answers_that_differ(acks))
    verdict.complain(_sequences_with_gaps(truth))
    missing, surplus = _differences(history, truth, clients)
    verdict.lost += verdict.complain(missing)
    verdict.complain(surplus)
    verdict.reordered += verdict.complain(_out_of_order(history))
    verdict.reordered += verdict.complain(held_checks.overtaken(history, truth))
    for held_check in held_checks.CHECKS:
        verdict.complain(held_check(history, truth))
    verdict.complain(_files_that_could_not_be_fetched(history, truth))
    verdict.complain(_files_fetched_too_early(history))
    verdict.complain(_files_fetched_too_late(history))
    verdict.complain(_heard_by_others(history, truth))
    verdict.complain(_heard_after_the_end(history))
    verdict.complain(_wrong_badges(history, truth, clients))
    return verdict


# -- stored, and once ------------------------------------------------------------------------


def _acknowledged_and_lost(acks: list[Event], truth: Truth) -> Iterator[str]:
    stored = {row.client_id: row for row in truth.rows}
    for client_id, ack in {ack.client_id: ack for ack in acks}.items():
        row = stored.get(client_id)
        if row is None:
            yield f"{ack.client}: {client_id} was acknowledged and is not stored"
        elif (row.id, row.sequence) != (ack.id, ack.sequence) and ack.id:
            yield f"{ack.client}: {client_id} was acknowledged as another message"


def _stored_twice(truth: Truth) -> Iterator[str]:
    for (pk, client_id), count in Counter(
        (row.conversation, row.client_id) for row in truth.rows if row.client_id != SEED
    ).items():
        for _ in range(count - 1):
            yield f"conversation {pk}: {client_id} is stored {count} times"


def _stored_though_refused(history: History, truth: Truth) -> Iterator[str]:
    """A refused message must not be stored; "not right now" promises nothing."""
    stored = {row.client_id for row in truth.rows}
    for event in history.of("refused"):
        if event.code not in ("unavailable", "rate_limited") and event.client_id in stored:
            yield f"{event.client}: {event.client_id} was refused ({event.code}) and is stored"


def _stored_though_not_sent(sends: set[str], truth: Truth) -> Iterator[str]:
    for row in truth.rows:
        if row.sender not in truth.members[row.conversation]:
            yield f"conversation {row.conversation}: stored a message of a non-member"
        elif row.client_id not in sends and row.client_id != SEED:
            yield f"conversation {row.conversation}: {row.client_id} is stored and nobody sent it"


def _answers_that_differ(acks: list[Event]) -> Iterator[str]:
    answers: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for ack in acks:
        answers[ack.client_id].add((ack.id, ack.sequence))
    for client_id, given in answers.items():
        if len(given) > 1:
            yield f"{client_id}: acknowledged in {len(given)} different ways"


# -- in order, and everything ----------------------------------------------------------------


def _sequences_with_gaps(truth: Truth) -> Iterator[str]:
    sequences: dict[int, list[int]] = defaultdict(list)
    for row in truth.rows:
        sequences[row.conversation].append(row.sequence)
    for pk, given in sequences.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield f"conversation {pk}: its {len(given)} sequences end at {max(given)}"


def _differences(
    history: History, truth: Truth, clients: dict[str, int]
) -> tuple[list[str], list[str]]:
    """Every client must end with exactly the database's messages, each in its latest version."""
    held: dict[str, dict[int, Event]] = {name: {} for name in clients}
    people: dict[str, int] = {}
    for event in history.of("receipt", "connect"):
        people[event.client] = event.user
        if event.kind == "receipt" and event.client in held:
            have = held[event.client].get(event.id)
            if have is None or event.revision > have.revision:  # else a client ignores it
                held[event.client][event.id] = event
    missing, surplus = [], []
    for name, messages in held.items():
        due = {
            row.id: row for row in truth.rows if people.get(name) in truth.members[row.conversation]
        }
        for pk, row in due.items():
            label = f"conversation {row.conversation}, sequence {row.sequence}"
            if pk not in messages:
                missing.append(f"{name}: never got {label}")
            elif messages[pk].revision != row.revision:
                had = messages[pk].revision
                missing.append(f"{name}: has {label} as of revision {had}, not {row.revision}")
            elif messages[pk].face != row.face:
                missing.append(f"{name}: {label} shows {messages[pk].face}, not {row.face}")
        for pk in messages.keys() - due.keys():
            surplus.append(f"{name}: has message {pk}, which is not stored, or not theirs")
    return missing, surplus


def _out_of_order(history: History) -> Iterator[str]:
    """First deliveries must be in ascending order.

    A client that notices a gap in the revisions reopens the conversation, so a message counts as
    delivered when everything before it has arrived. Then

    - messages are delivered in ascending order of revision,
    - unchanged messages are delivered in ascending order of sequence, and
    - no message is new to a client that already has everything up to its revision.
    """
    revision: dict[tuple[str, int], int] = defaultdict(int)
    sequence: dict[tuple[str, int], int] = defaultdict(int)
    seen: set[tuple[str, int]] = set()
    for event in history.of("applied", "receipt"):
        key = event.client, event.conversation
        if event.kind == "receipt":
            if event.how == "late":
                yield f"{event.client}: {event.id} came after its revision had been passed"
            continue
        if event.revision <= revision[key]:
            yield f"{event.client}: revision {event.revision} came after {revision[key]}"
        revision[key] = max(revision[key], event.revision)
        if event.changed or (event.client, event.id) in seen:
            continue
        seen.add((event.client, event.id))
        if event.sequence <= sequence[key]:
            yield f"{event.client}: sequence {event.sequence} came after {sequence[key]}"
        sequence[key] = max(sequence[key], event.sequence)


# -- files -----------------------------------------------------------------------------------


def _files_that_could_not_be_fetched(history: History, truth: Truth) -> Iterator[str]:
    """A client that is shown a file can fetch it, unless its message is hidden in the meantime."""
    hidden = {row.id for row in truth.rows if row.removed or row.withdrawn}
    ends = {(event.client, event.conversation) for event in history.of("revoked")}
    for event in history.of("fetched"):
        may_be_refused = event.id in hidden or (event.client, event.conversation) in ends
        if event.how == "shown" and event.code in ("404", "other content") and not may_be_refused:
            yield f"{event.client}: file {event.file} of message {event.id} was {event.code}"


def _files_fetched_too_early(history: History) -> Iterator[str]:
    """Nobody else can fetch a file before its message is sent, or released if it was held."""
    sent: dict[str, float] = {}
    for event in history.of("send", "deciding"):
        if event.how not in ("suspicious", "rejected"):
            sent.setdefault(event.client_id, event.at)
    messages = {event.file: event.client_id for event in history.of("uploaded")}
    for event in history.of("fetched"):
        due = sent.get(messages.get(event.file, ""), math.inf)
        if event.how == "unsent" and event.code == "200" and event.at < due:
            yield f"{event.client}: got file {event.file} before its message was sent"


def _files_fetched_too_late(history: History) -> Iterator[str]:
    """Nobody who knows that a message is hidden can still fetch its files."""
    for event in history.of("fetched"):
        if event.how == "gone" and event.code == "200":
            yield f"{event.client}: got file {event.file} of message {event.id}, which is gone"


# -- nobody else, and the badge --------------------------------------------------------------


def _heard_by_others(history: History, truth: Truth) -> Iterator[str]:
    for event in history.of("receipt", "ack", "page"):
        if not _is_member(event, truth):
            yield f"{event.client}: got a {event.kind} of conversation {event.conversation}"


def _heard_after_the_end(history: History) -> Iterator[str]:
    ends = {(event.client, event.conversation): event for event in history.of("revoked")}
    for event in history.of("receipt", "ack", "page"):
        end = ends.get((event.client, event.conversation))
        if end is not None and event.at > end.at + end.seconds:
            yield f"{event.client}: a {event.kind} {event.at - end.at:.1f} s after the end"


def _wrong_badges(history: History, truth: Truth, clients: dict[str, int]) -> Iterator[str]:
    people = {event.client: event.user for event in history.of("connect")}
    for name, shown in clients.items():
        due = truth.unread.get(people.get(name, 0))
        if due is not None and shown != due:
            yield f"{name}: the badge shows {shown}, {due} are unread"


def _is_member(event: Event, truth: Truth) -> bool:
    return event.user in truth.members.get(event.conversation, ())
