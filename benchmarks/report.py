"""The tables at the end, in Markdown, for docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from .browser import PROMISED_MS, Waits
from .idle import Idle
from .measure import Contender

QUIET = 0.5  # load average of an otherwise idle machine


@dataclass(frozen=True)
class Goal:
    """The target for a figure, and its actual value; each one is from a single run."""

    what: str
    aim: str
    seen: float
    unit: str
    met: str


def machine(load: float) -> str:
    """Describe the machine in one line, and whether it was busy with something else.

    Args:
        load: the load average before the first round.
    """
    cores = len(os.sched_getaffinity(0))
    busy = (
        " **The machine was busy: believe CPU per message and memory, not the rest.**"
        if load > QUIET
        else ""
    )
    return (
        f"{cores} cores shared by client, servers and database, Linux {platform.release()}, "
        f"Python {platform.python_version()}; load average before the first round {load:.1f}.{busy}"
    )


def speed(contenders: Sequence[Contender], rival: Contender | None) -> list[str]:
    """Return a table of messages, CPU and latencies, medians over the rounds."""
    rows = []
    for one in filter(_was_loaded, contenders):
        alone = rival and one.unloaded and rival.unloaded_ms(50) / one.unloaded_ms(50)
        rows.append(
            [
                one.name,
                f"{one.per_second:,.0f}",
                f"{one.per_second / rival.per_second:.1f}" if rival else "",
                f"{one.cpu_ms:.2f}",
                f"1/{rival.cpu_ms / one.cpu_ms:.1f}" if rival else "",
                " / ".join(
                    _ms(one.loaded_ms(percentile)) for percentile in (50, 95, 99, 99.9, 100)
                ),
                " / ".join(_ms(one.unloaded_ms(percentile)) for percentile in (50, 95, 99))
                if one.unloaded
                else "",
                f"1/{alone:.1f}" if alone else "",
                f"{one.client_cores:.0%}",
            ]
        )
    if not rows:
        return []
    return _table(
        [
            *("system", "messages/s", "× naive", "CPU-ms/message", "of naive"),
            *("p50 / p95 / p99 / p99.9 / max loaded, ms", "unloaded, ms", "p50 of naive", "client"),
        ],
        rows,
    )


def idle(rows: Sequence[Idle]) -> list[str]:
    """Return a table of idle sockets' memory and CPU."""
    if not rows:
        return []
    return _table(
        ["system", "KB per idle socket", "CPU of the server", "with database and Redis"],
        [
            [
                one.name,
                ", ".join(f"{kb:.1f} at {count:,}" for count, kb in one.kb_per_socket.items()),
                f"{one.server_cores:.1%} of a core",
                f"{one.all_cores:.1%}",
            ]
            for one in rows
        ],
    )


def browser(rows: Sequence[Waits]) -> list[str]:
    """Return a table of how long two people in two browsers waited."""
    if not rows:
        return []
    return _table(
        ["in two browsers", "median, ms", "longest, ms", "rounds"],
        [
            [one.what, f"{one.median:.0f}", f"{one.most:.0f}", str(len(one.milliseconds))]
            for one in rows
        ],
    )


def goals(
    contenders: Sequence[Contender], idles: Sequence[Idle], waits: Sequence[Waits] = ()
) -> list[str]:
    """Return a table of the goals that this run can judge."""
    named = {one.name: one for one in filter(_was_loaded, contenders)}
    rows = [
        [goal.what, goal.aim, f"{goal.seen:.1f}{goal.unit}", goal.met]
        for goal in [*_speed_goals(named), *_idle_goals(idles), *_browser_goals(waits)]
    ]
    return _table(["goal", "aim", "seen", "met"], rows) if rows else []


def _speed_goals(named: dict[str, Contender]) -> list[Goal]:
    rival, trato = named.get("rival, daphne"), named.get("trato, daphne")
    judgements = []
    if rival and trato:
        ratio = trato.per_second / rival.per_second
        judgements += [_at_least("messages/s on one Daphne, × naive", ratio, 40, floor=28)]
        ratio = rival.cpu_ms / trato.cpu_ms
        judgements += [_at_least("CPU per message, naive ÷ Trato", ratio, 30, floor=20)]
        if trato.unloaded:
            ratio = rival.unloaded_ms(50) / trato.unloaded_ms(50)
            judgements += [_at_least("p50 unloaded, naive ÷ Trato", ratio, 6, floor=5)]
        singles = [
            one for one in named.values() if one.stage.is_plain and one.system is trato.system
        ]
        fastest = max(singles, key=_per_second, default=trato)
        ratio = fastest.per_second / rival.per_second
        what = f"messages/s on the fastest server ({fastest.name.split(', ')[1]}), × naive"
        judgements += [_at_least(what, ratio, 28)]
    if trato:
        ratio = trato.loaded_ms(99.9) / trato.loaded_ms(50)
        judgements += [
            _at_most("p99.9 ÷ p50, loaded", ratio, 4, " ×"),
            _at_most("slowest message, loaded", trato.loaded_ms(100), 60, " ms"),
        ]
    if trato and (two := named.get("trato, 2 daphnes")):
        what = "two Daphnes ÷ one, each with the whole machine"
        judgements += [_at_least(what, two.per_second / trato.per_second, 1.6)]
    for suffix in ("", ", 200 pairs"):
        two = named.get(f"trato, 2 daphnes{suffix}")
        one = named.get(f"trato, daphne, all on one core{suffix}")
        if two and one:
            what = f"two Daphnes on two cores ÷ one on one core, all included{suffix}"
            judgements += [_at_least(what, two.per_second / one.per_second, 1.6)]
    judgements += _reader_goals(named, rival)
    judgements += _page_goals(named)
    judgements += _watched_goals(named)
    if trato:
        share = trato.client_cores / trato.per_second * 3000 * 100
        judgements += [_at_most("client at 3,000 messages/s", share, 25, "% of a core")]
    return judgements


def _reader_goals(named: dict[str, Contender], rival: Contender | None) -> list[Goal]:
    judgements = []
    trato, reading = named.get("trato, daphne"), named.get("trato, daphne, all read")
    if trato and reading:
        ratio = reading.cpu_ms / trato.cpu_ms
        judgements += [_at_most("CPU per message if all is read ÷ if nothing is", ratio, 1.4, " ×")]
        if rival:
            ratio = reading.per_second / rival.per_second
            judgements += [_at_least("messages/s if all is read, × naive", ratio, 20)]
    small, large = (named.get(f"trato, daphne, to shops of {size}") for size in (1, 100))
    if small and large:
        ratio = large.per_second / small.per_second
        judgements += [_at_least("messages/s to shops of 100 ÷ to shops of 1", ratio, 0.5)]
    few, many = (
        named.get(f"trato, daphne, {readers}")
        for readers in ("readers of all", "readers with 20,000 unread")
    )
    if few and many:
        ratio = many.cpu_ms / few.cpu_ms
        judgements += [
            _at_most("CPU per message, readers with 20,000 unread ÷ none", ratio, 1.2, " ×")
        ]
    return judgements


def _page_goals(named: dict[str, Contender]) -> list[Goal]:
    alone = named.get("trato, daphne, 40/s")
    judgements = []
    for where, aim in (
        ("daphne, 40/s beside pages", 8),
        ("daphne, 40/s, pages on another", 2),
        ("daphne, 40/s beside uploads", 2),
    ):
        beside = named.get(f"trato, {where}")
        if alone and beside:
            ratio = beside.loaded_ms(99) / alone.loaded_ms(99)
            what = f"p99 of messages, {where.partition(', ')[2]} ÷ without"
            judgements += [_at_most(what, ratio, aim, " ×")]
    return judgements


def _watched_goals(named: dict[str, Contender]) -> list[Goal]:
    inbox, conversation = (
        named.get(f"trato, daphne, 20 with the {what} open") for what in ("inbox", "conversation")
    )
    if not inbox or not conversation:
        return []
    ratio = inbox.cpu_ms / conversation.cpu_ms
    what = "CPU per message to a team of 20, inboxes open ÷ conversations open"
    return [_at_most(what, ratio, 1.3, " ×")]


def _idle_goals(idles: Sequence[Idle]) -> list[Goal]:
    judgements = []
    for one in idles:
        if one.name == "trato, daphne":
            for count, kb in one.kb_per_socket.items():
                judgements += [_at_most(f"memory per idle socket at {count:,}", kb, 31, " KB")]
            what = f"CPU with {max(one.kb_per_socket):,} idle sockets, all processes"
            judgements += [_at_most(what, one.all_cores * 100, 1.5, "% of a core")]
    return judgements


def _browser_goals(waits: Sequence[Waits]) -> list[Goal]:
    return [_at_most(f"{one.what}, longest", one.most, PROMISED_MS, " ms") for one in waits]


def _was_loaded(one: Contender) -> bool:
    return bool(one.loaded)


def _per_second(one: Contender) -> float:
    return one.per_second


def _at_least(what: str, seen: float, aim: float, *, floor: float | None = None) -> Goal:
    if seen >= aim:
        met = "yes"
    else:
        met = "no, but above the floor" if floor and seen >= floor else "**no**"
    text = f"≥ {aim:g}" + (f", never below {floor:g}" if floor else "")
    return Goal(what, text, seen, " ×", met)


def _at_most(what: str, seen: float, aim: float, unit: str) -> Goal:
    return Goal(what, f"≤ {aim:g}{unit}", seen, unit, "yes" if seen <= aim else "**no**")


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"
