"""The conditions of a measurement: which server, how many of them, on which cores."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One line in a system's table."""

    how: str  # a key of `System.commands`
    servers: int = 1
    one_core: bool = False  # client, servers, database and Redis share one core
    pairs: int | None = None  # talking simultaneously; by default as chosen on the command line
    read_every: int | None = None  # by default as on the command line, too
    one_way: bool = False  # only the shopper talks
    members: int = 1  # per shop; one of them is online
    unread: int = 0  # notifications about other subjects, per seller
    pause: float = 0  # seconds between two messages of a pair
    page_readers: int = 0  # people who meanwhile load the inbox again and again
    uploaders: int = 0  # people who meanwhile upload photos of 10 MB again and again
    apart: bool = False  # whether pages have their own server, the last one
    watched: str = ""  # what the seller's colleagues have open: the inbox, or the conversation

    @property
    def is_plain(self) -> bool:
        """One server on the whole machine, whose latency without load is measured too."""
        return self == Stage(self.how)

    @property
    def cohort(self) -> str:
        """The key of the people in `population` who talk."""
        return f"{self.members}-{self.unread}"


# The servers that can run Trato. Granian is not in the requirements.
STAGES = {
    "daphne": Stage("daphne"),
    "2 daphnes": Stage("daphne", servers=2),
    "daphne, all on one core": Stage("daphne", one_core=True),
    # More cores only help when there are more people: with few people, they aren't busy.
    "2 daphnes, 200 pairs": Stage("daphne", servers=2, pairs=200),
    "daphne, all on one core, 200 pairs": Stage("daphne", one_core=True, pairs=200),
    "daphne, all read": Stage("daphne", read_every=1),
    "daphne, to shops of 1": Stage("daphne", one_way=True),
    "daphne, to shops of 20": Stage("daphne", one_way=True, members=20),
    "daphne, to shops of 100": Stage("daphne", one_way=True, members=100),
    "daphne, readers of all": Stage("daphne", one_way=True, read_every=1, pairs=10),
    "daphne, readers with 20,000 unread": Stage(
        "daphne", one_way=True, read_every=1, pairs=10, unread=20_000
    ),
    # 40 messages/s, and the same while people load pages or upload photos.
    "daphne, 40/s": Stage("daphne", pairs=10, pause=0.25),
    "daphne, 40/s beside pages": Stage("daphne", pairs=10, pause=0.25, page_readers=8),
    "daphne, 40/s, pages on another": Stage(
        "daphne", servers=2, pairs=10, pause=0.25, page_readers=8, apart=True
    ),
    "daphne, 40/s beside uploads": Stage("daphne", pairs=10, pause=0.25, uploaders=4),
    # 20 messages/s to a shop, with 20 colleagues watching.
    "daphne, 20 with the inbox open": Stage(
        "daphne", one_way=True, pairs=1, pause=0.05, members=21, watched="inbox"
    ),
    "daphne, 20 with the conversation open": Stage(
        "daphne", one_way=True, pairs=1, pause=0.05, members=21, watched="conversation"
    ),
    "uvicorn": Stage("uvicorn"),
    "granian": Stage("granian"),
}
USUAL = [name for name in STAGES if name != "granian"]
OTHERS = {"rival": {"daphne": Stage("daphne")}, "stock": {"daphne": Stage("daphne")}}


def stages_of(system: str, chosen: list[str]) -> dict[str, Stage]:
    """Return the stages of one system, by their names in the table.

    Args:
        system: `rival`, `stock` or `trato`.
        chosen: the chosen stages of Trato.
    """
    return OTHERS.get(system) or {name: STAGES[name] for name in chosen}
