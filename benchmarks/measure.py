"""One round of one system: people talk, and the kernel says what it cost."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import client, closed_loop, page_readers, processes, truth, uploaders
from .closed_loop import Measurement
from .servers import Server, System
from .stages import Stage


@dataclass(frozen=True)
class Round:
    """The result of one round."""

    measurement: Measurement
    cpu_seconds: float  # of all server processes, including the database and Redis

    @property
    def cpu_ms(self) -> float:
        """CPU per message, in milliseconds."""
        return self.cpu_seconds * 1000 / len(self.measurement.latencies)


@dataclass
class Contender:
    """One system on one or several servers, and the results of its rounds."""

    name: str
    system: System
    servers: Sequence[Server]
    stage: Stage
    loaded: list[Round] = field(default_factory=list)  # many pairs
    unloaded: list[Round] = field(default_factory=list)  # one pair

    @property
    def roots(self) -> list[int]:
        """The processes whose CPU time counts: its servers, its database and its Redis."""
        return [*(server.pid for server in self.servers), *self.system.services]

    def run_round(self, pairs: int, warm_up: float, seconds: float, read_every: int) -> Round:
        """Let pairs talk, measure, and compare with the database.

        Raises:
            Mismatch: the clients and the database have different messages.
        """
        spent: list[float] = []
        chatting = self.servers[:-1] if self.stage.apart else self.servers
        endpoints = self.system.endpoints(self.stage.cohort, pairs, chatting)
        before = truth.stored(self.system)
        with (
            processes.on_cores(1 if self.stage.one_core else None),
            page_readers.reading(self.servers[-1].port, endpoints, self.stage.page_readers),
            uploaders.uploading(self.servers[-1].port, endpoints, self.stage.uploaders),
        ):
            dialect, origin = self.system.dialect, self.system.origin
            peers = client.connect(endpoints, dialect, origin, opening=True)
            onlookers = client.connect(
                self.system.onlookers(self.stage.cohort, chatting) if self.stage.watched else [],
                dialect,
                origin,
                opening=self.stage.watched == "conversation",
            )
            measurement = closed_loop.measure(
                peers,
                dialect,
                onlookers=onlookers,
                warm_up=warm_up,
                seconds=seconds,
                on_edge=lambda: spent.append(processes.cpu_seconds(self.roots)),
                read_every=self.stage.read_every or read_every,
                one_way=self.stage.one_way,
                pause=self.stage.pause,
            )
        for peer in [*peers, *onlookers]:
            peer.close()
        truth.check(self.system, [*peers, *onlookers], before)
        return Round(measurement, spent[1] - spent[0])

    # Medians over the rounds.

    @property
    def per_second(self) -> float:
        return statistics.median(one.measurement.per_second for one in self.loaded)

    @property
    def cpu_ms(self) -> float:
        return statistics.median(one.cpu_ms for one in self.loaded)

    @property
    def client_cores(self) -> float:
        return statistics.median(one.measurement.client_cores for one in self.loaded)

    def loaded_ms(self, percentile: float) -> float:
        return statistics.median(one.measurement.milliseconds(percentile) for one in self.loaded)

    def unloaded_ms(self, percentile: float) -> float:
        return statistics.median(one.measurement.milliseconds(percentile) for one in self.unloaded)
