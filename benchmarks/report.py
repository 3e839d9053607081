"""The table at the end, in Markdown, so that it can be pasted into docs/performance.md."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from .measure import Round


@dataclass
class Row:
    """One system on one server, over all rounds."""

    name: str
    loaded: list[Round] = field(default_factory=list)
    unloaded: list[Round] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return statistics.median(one.talk.per_second for one in self.loaded)

    @property
    def cpu_ms(self) -> float:
        return statistics.median(one.cpu_ms_per_message for one in self.loaded)

    @property
    def client_cores(self) -> float:
        return statistics.median(one.talk.client_cores for one in self.loaded)

    def milliseconds(self, percentile: float, *, unloaded: bool = False) -> float:
        rounds = self.unloaded if unloaded else self.loaded
        return statistics.median(one.talk.milliseconds(percentile) for one in rounds)


def speed(rows: Sequence[Row], rival: Row | None) -> list[str]:
    """Messages, CPU and latencies of each system, medians over the rounds."""
    heads = [
        *("system", "messages/s", "× naive", "CPU-ms/message", "÷ naive", "p50 loaded"),
        *("p95", "p99", "p50 unloaded", "p95", "p99", "÷ naive", "client"),
    ]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [
            row.name,
            f"{row.per_second:,.0f}",
            f"{row.per_second / rival.per_second:.1f}" if rival else "",
            f"{row.cpu_ms:.2f}",
            f"1/{rival.cpu_ms / row.cpu_ms:.1f}" if rival else "",
            *(_ms(row.milliseconds(percentile)) for percentile in (50, 95, 99)),
            *(
                _ms(row.milliseconds(percentile, unloaded=True)) if row.unloaded else ""
                for percentile in (50, 95, 99)
            ),
            f"1/{_unloaded(rival) / _unloaded(row):.1f}" if rival and row.unloaded else "",
            f"{row.client_cores:.0%}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _unloaded(row: Row) -> float:
    return row.milliseconds(50, unloaded=True)


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"
