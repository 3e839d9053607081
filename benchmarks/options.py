"""The command line's options."""

import argparse
from importlib.util import find_spec

from .stages import STAGES, USUAL

SYSTEMS = ["rival", "stock", "trato"]


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line and fill in the defaults that depend on other options."""
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure the naive rival, stock Channels and Trato, in turn, in one run.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="one short round, fewer sockets: a look, no figures")
    add("--only", nargs="+", choices=SYSTEMS, help="these systems, and no idle sockets")
    add("--on", nargs="+", choices=STAGES, default=USUAL, help="what serves Trato")
    add("--rounds", type=int, default=3, help="of each system, in turn")
    add("--seconds", type=float, default=5, help="that a round is measured")
    add("--warm-up", type=float, default=2, help="seconds before that")
    add("--pairs", type=int, default=50, help="that talk at once")
    add("--idle", type=int, nargs="*", metavar="N", help="numbers of idle sockets")
    add("--idle-seconds", type=float, default=40, help="that the most of them are watched")
    add(
        "--read-every",
        type=int,
        default=0,
        metavar="N",
        help="let receivers say conversation.read for every Nth message (default: never)",
    )
    add("--browser", type=int, metavar="N", help="rounds in two real browsers (usually 20)")
    add("--record", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args(arguments)
    if "granian" in options.on and find_spec("granian") is None:
        parser.error("Granian is not among the requirements; install it to try it.")
    if options.quick:
        options.rounds, options.warm_up, options.idle_seconds = 1, 1, 20
        options.seconds = min(options.seconds, 4)
    if options.idle is None:
        options.idle = [] if options.only else [200, 1_000] if options.quick else [1_000, 5_000]
    if options.browser is None:
        options.browser = 0 if options.only else 5 if options.quick else 20
    options.systems = options.only or SYSTEMS
    return options
