"""On what a system is measured: which server, how many of them, on which cores."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """What makes one line of the table differ from the others of its system."""

    how: str  # a name of `System.commands`
    servers: int = 1
    one_core: bool = False  # client, servers, database and Redis share one core
    pairs: int | None = None  # that talk at once; as chosen on the command line unless said here

    @property
    def is_plain(self) -> bool:
        """One server on the whole machine: then latency without load is of interest too."""
        return self.servers == 1 and not self.one_core


# What can serve Trato. Granian is not among the requirements.
STAGES = {
    "daphne": Stage("daphne"),
    "2 daphnes": Stage("daphne", servers=2),
    "daphne, all on one core": Stage("daphne", one_core=True),
    # Width is a matter of how many people there are: with few, the cores are not full.
    "2 daphnes, 200 pairs": Stage("daphne", servers=2, pairs=200),
    "daphne, all on one core, 200 pairs": Stage("daphne", one_core=True, pairs=200),
    "uvicorn": Stage("uvicorn"),
    "granian": Stage("granian"),
}
USUAL = [name for name in STAGES if name != "granian"]
OTHERS = {"rival": {"daphne": Stage("daphne")}, "stock": {"daphne": Stage("daphne")}}


def stages_of(system: str, chosen: list[str]) -> dict[str, Stage]:
    """The stages of one system, by the name that they have in the table.

    Args:
        system: `rival`, `stock` or `trato`.
        chosen: which of Trato's.
    """
    return OTHERS.get(system) or {name: STAGES[name] for name in chosen}
