"""What can be chosen on the command line."""

import argparse


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options, complete: `only`, `server`, `rounds`, `seconds`, `pairs` and so on."""
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure the naive rival, the relay limit and Trato, in turn, in one run.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="one short round, fewer sockets: a look, no figures")
    add("--only", nargs="+", choices=["rival", "relay", "trato"], help="these systems, only talk")
    add("--server", nargs="+", default=["daphne", "uvicorn"], help="what serves Trato")
    add("--rounds", type=int, default=3, help="of each system, in turn")
    add("--seconds", type=float, default=7, help="that a round is measured")
    add("--warm-up", type=float, default=2, help="seconds before that")
    add("--pairs", type=int, default=50, help="that talk at once")
    add("--idle", type=int, nargs="*", default=[1_000, 5_000], help="numbers of idle sockets")
    add("--idle-seconds", type=float, default=40, help="that the most of them are watched")
    add(
        "--read-every",
        type=int,
        default=0,
        metavar="N",
        help="let receivers say conversation.read for every Nth message (default: never)",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.warm_up = 1, 1
        options.seconds = min(options.seconds, 4)
        options.idle, options.idle_seconds = [200, 1_000], 20
    if options.only:
        options.idle = []
    options.systems = options.only or ["rival", "relay", "trato"]
    return options
