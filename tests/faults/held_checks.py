"""Compare what the clients saw of held messages with the database; a part of `checker`.

The clocks of clients and database are not compared. Staff record that they are about to decide, and
senders that they are about to withdraw a message. Only after that may anybody get the message, or
what was sent after it.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator

from .history import Event, History
from .truth import Truth

Place = tuple[int, int]  # a conversation and a sender


def lost(history: History, truth: Truth) -> Iterator[str]:
    """A message that the server has held must not be lost."""
    stored = {row.client_id for row in truth.rows} | {row.client_id for row in truth.held}
    for client_id, event in {event.client_id: event for event in history.of("held")}.items():
        if client_id not in stored and event.user in truth.members.get(event.conversation, ()):
            yield f"{event.client}: {client_id} was held and is nowhere"


def overtaken(history: History, truth: Truth) -> Iterator[str]:
    """What somebody sends after hearing that an earlier message is held comes after that message.

    Only that response shows in which order the server got them.
    """
    sequences = {row.client_id: row.sequence for row in truth.rows}
    waiting = {row.client_id for row in truth.held if row.is_open}
    behind: dict[Place, tuple[float, str]] = defaultdict(lambda: (0, ""))
    sent: set[str] = set()
    for event in history.of("send", "held"):
        client_id, place = event.client_id, (event.conversation, event.user)
        if event.kind == "held":
            sequence = math.inf if client_id in waiting else sequences.get(client_id, 0)
            behind[place] = max(behind[place], (sequence, client_id))
        elif client_id not in sent:
            sent.add(client_id)
            earlier, held = behind[place]
            if sequences.get(client_id, math.inf) < earlier:
                yield f"{event.client}: {client_id} has overtaken {held}, which was held"


def shown_early(history: History, truth: Truth) -> Iterator[str]:
    """Nobody gets a held message, or one that waits behind it, before it is released.

    Its sender does not get `message.accepted` either.
    """
    suspicious: set[str] = set()
    begun: set[str] = set()
    released: set[str] = set()
    shown: set[str] = set()
    places: dict[str, Place] = {}
    waiting: dict[Place, list[str]] = defaultdict(list)
    behind: dict[str, int] = {}  # how many of `waiting` there were when it was first sent
    for event in history.events:
        client_id = event.client_id
        match event.kind:
            case "send" if client_id not in places:
                place = places[client_id] = event.conversation, event.user
                behind[client_id] = len(waiting[place])
                if event.how == "suspicious":
                    suspicious.add(client_id)
            case "held" if client_id in suspicious:
                waiting[places[client_id]].append(client_id)
            case "deciding" | "withdrawing":
                begun.add(client_id)
                if event.how == "released":
                    released.add(client_id)
            case "receipt" | "ack" if client_id in places and client_id not in shown:
                shown.add(client_id)
                earlier = waiting[places[client_id]][: behind[client_id]]
                if client_id in suspicious and client_id not in released:
                    yield f"{event.client}: got {_what(event)} before staff had released it"
                elif open_ones := [one for one in earlier if one not in begun]:
                    yield f"{event.client}: got {_what(event)} while {open_ones[0]} was held"


def delivered_though_not_due(history: History, truth: Truth) -> Iterator[str]:
    """Rejected and withdrawn messages are not in the log; delivered ones are."""
    stored = {row.client_id for row in truth.rows}
    states = {row.client_id: row.state for row in truth.held}
    told = {event.client_id: event.kind for event in history.of("rejected", "withdrawn")}
    for client_id in sorted(stored.intersection({*states, *told})):
        state = states.get(client_id, "")
        if state in ("rejected", "withdrawn", "waiting", "cleared"):
            yield f"{client_id} is {state} and is in the log"
        elif client_id in told:
            yield f"{client_id} is in the log, and its sender was told that it is {told[client_id]}"
    for client_id, state in states.items():
        if state == "delivered" and client_id not in stored:
            yield f"{client_id} is delivered and is not in the log"


def told_to_others(history: History, truth: Truth) -> Iterator[str]:
    """The server tells only the sender that a message is held or rejected."""
    senders = {event.client_id: event.user for event in history.of("send")}
    for event in history.of("held", "rejected"):
        if event.user != senders.get(event.client_id):
            yield f"{event.client}: was told that {event.client_id} is {event.kind}"


def decided_badly(history: History, truth: Truth) -> Iterator[str]:
    """A message is decided once, as its row says, with one entry and all that belongs to it."""
    decisions: dict[str, list[str]] = defaultdict(list)
    for event in history.of("decided"):
        decisions[event.client_id].append(event.how)
    for row in truth.held:
        label = f"{row.client_id}, which is {row.state},"
        made = decisions[row.client_id]
        if len(made) > 1:
            yield f"{label} was decided {len(made)} times"
        elif made and (made[0] == "rejected") != row.rejected:
            yield f"{label} was {made[0]}"
        if row.state == "waiting":
            due = {0}
        elif row.suspicious and row.state != "withdrawn":
            due = {1}
        else:  # withdrawn before or after a decision, or delivered or refused without one
            due = {0, 1}
        if made:
            due = {1}
        if row.entries not in due:
            yield f"{label} has {row.entries} entries in the audit trail"
        if row.notices != row.rejected:
            yield f"{label} has {row.notices} notices about a rejection"
        if row.cases != row.suspicious:
            yield f"{label} has {row.cases} cases"
        if row.open_cases != (row.suspicious and row.state == "waiting"):
            yield f"{label} has {row.open_cases} open cases"


def left_waiting(history: History, truth: Truth) -> Iterator[str]:
    """At the end everything is decided, so nothing waits, unless its sender has lost access."""
    former = {event.user for event in history.of("revoked")}
    for row in truth.held:
        if row.is_open and row.sender not in former:
            yield f"{row.client_id} is still {row.state} at the end"


CHECKS: tuple[Callable[[History, Truth], Iterator[str]], ...] = (
    shown_early,
    delivered_though_not_due,
    told_to_others,
    decided_badly,
    left_waiting,
)


def _what(event: Event) -> str:
    kind = "the acknowledgement" if event.kind == "ack" else "a receipt"
    return f"{kind} of {event.client_id}"
