"""Run a function in many threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from tests.patience import PATIENCE


def in_threads(number: int, function: Any, *args: Any) -> list[Any]:
    """Call a function from many threads at the same moment, each with its own connection."""
    together = threading.Barrier(number)

    def call() -> Any:
        together.wait(timeout=PATIENCE)
        try:
            return function(*args)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return [future.result(60) for future in [pool.submit(call) for _ in range(number)]]
