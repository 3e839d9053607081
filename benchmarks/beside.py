"""Other people who keep the server busy while a scenario is measured.

They run in a separate process, so that they don't slow down the measuring client.
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

HOST = "shop.example.com"
READY = b"ready\n"


@contextlib.contextmanager
def working(module: str, port: int, people: Sequence[str]) -> Iterator[None]:
    """Let people work until the end of the block.

    Args:
        module: a module that is run with a port and people, and calls `work`.
        people: a string for each person, as the module expects it; may be empty.

    Raises:
        RuntimeError: one of the people failed.
    """
    if not people:
        yield
        return
    command = [sys.executable, "-m", module, str(port), *people]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or process.stdout.readline() != READY:
                raise RuntimeError(f"{module} didn't start")
            yield
            if process.poll() is not None:
                raise RuntimeError(f"{module} failed")
        finally:
            process.kill()


def work(act: Callable[[int, str], None]) -> None:
    """Run the people in `sys.argv` again and again, until killed or until one of them fails.

    Args:
        act: called with the port and a person.
    """
    port, people = int(sys.argv[1]), sys.argv[2:]
    failed = threading.Event()

    def keep_on(person: str) -> None:
        try:
            while True:
                act(port, person)
        finally:
            failed.set()

    print(READY.decode(), end="", flush=True)  # noqa: T201
    for person in people:
        threading.Thread(target=keep_on, args=(person,), daemon=True).start()
    failed.wait()
    sys.exit(1)
