"""On what a system is measured: which server, how many of them, on which cores."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One line of the table for Trato."""

    how: str  # a name of `System.commands`
    servers: int = 1
    one_core: bool = False  # client, servers, database and Redis share one core

    @property
    def is_plain(self) -> bool:
        """One server on the whole machine, which all that is measured is measured on."""
        return self.servers == 1 and not self.one_core


STAGES = {
    "daphne": Stage("daphne"),
    "2 daphnes": Stage("daphne", servers=2),
    "daphne, all on one core": Stage("daphne", one_core=True),
    "uvicorn": Stage("uvicorn"),
    "granian": Stage("granian"),  # only where somebody installed it
}
USUAL = [name for name in STAGES if name != "granian"]
