"""A server of the site that holds messages, and can have a defect or die at a named point.

FAULTS_PLANT=name            a defect of `plants`
FAULTS_CRASH=point:passes    kill -9 by its own hand, see `crashes`
FAULTS_LAYER=LossyLayer      a channel layer of `layer`
"""

import os

import config.asgi  # noqa: F401 – Django is set up by it, and only then can anything be patched
from config import server

from . import crashes, plants, rules


def main() -> None:
    """Serve until interrupted."""
    rules.install()
    if plant := os.environ.get("FAULTS_PLANT"):
        plants.PLANTS[plant]()
    if crash := os.environ.get("FAULTS_CRASH"):
        point, _, passes = crash.partition(":")
        crashes.arm(point, int(passes))
    server.main()


if __name__ == "__main__":
    main()
