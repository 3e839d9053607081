"""Measurements from a history."""

from collections import Counter, defaultdict

from .history import History, Kind

NOT_NOW = ("unavailable", "rate_limited")  # refusals that promise nothing: clients try again


def first_after(history: History, at: float, *kinds: Kind, how: str = "") -> list[float]:
    """Return, for each client, the seconds from `at` to its first event of one of these kinds."""
    waits: dict[str, float] = {}
    for event in history.of(*kinds):
        if event.at >= at and (not how or event.how == how):
            waits.setdefault(event.client, event.at - at)
    return list(waits.values())


def answer_times(
    history: History, since: float, until: float, *, retried: bool = False
) -> tuple[list[float], int]:
    """Return the seconds to acknowledgement of messages first sent in a period, and the rest.

    The rest were refused, or never acknowledged, or only after a disconnect.

    Args:
        retried: whether to count messages that were acknowledged after a disconnect, or after "not
            right now".
    """
    sent: dict[str, float] = {}
    times: dict[str, float] = {}
    spoiled: set[str] = set()
    waiting: dict[str, set[str]] = defaultdict(set)
    for event in history.events:
        match event.kind:
            case "send" if event.how == "trespass":
                pass
            case "send" if since <= event.at <= until or event.client_id in sent:
                sent.setdefault(event.client_id, event.at)
                waiting[event.client].add(event.client_id)
            case "ack" | "held" if event.client_id in sent:
                times.setdefault(event.client_id, event.at - sent[event.client_id])
                waiting[event.client].discard(event.client_id)
            case "refused" if event.code == "forbidden" and event.client_id in times:
                pass  # a repeat, after staff had rejected it
            case "refused" if not (retried and event.code in NOT_NOW):
                spoiled.add(event.client_id)
            case "closed" if not retried:
                spoiled |= waiting.pop(event.client, set())
    good = {key: seconds for key, seconds in times.items() if key not in spoiled}
    return list(good.values()), len(sent) - len(good)


def delivery_times(history: History, since: float = 0.0) -> list[float]:
    """Return the seconds from each message's first send to its first receipt by the others.

    Messages that were held are left out, because they wait for a person.
    """
    held = {
        event.client_id
        for event in history.of("held", "send")
        if event.kind == "held" or event.how == "suspicious"
    }
    sent: dict[str, tuple[float, str]] = {}
    seen: set[tuple[str, str]] = set()
    times = []
    for event in history.of("send", "receipt"):
        if event.kind == "send":
            sent.setdefault(event.client_id, (event.at, event.client))
        elif event.client_id in held:
            pass
        elif event.client_id in sent and (event.client, event.client_id) not in seen:
            seen.add((event.client, event.client_id))
            at, sender = sent[event.client_id]
            if at >= since and sender != event.client:
                times.append(event.at - at)
    return times


def codes(history: History, kind: Kind, since: float = 0.0) -> str:
    """Describe how often each code occurred."""
    given = Counter(event.code for event in history.of(kind) if event.at >= since)
    return ", ".join(f"{code} {count}" for code, count in sorted(given.items())) or "none"
