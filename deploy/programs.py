"""Find the system's programs that tests, benchmarks and `make cluster` use."""

import os
import shutil
from glob import glob

# Programs that the tests use if they are installed, and their Debian packages.
PACKAGES = {
    "postgres": "postgresql",
    "initdb": "postgresql",
    "redis-server": "redis-server",
    "nginx": "nginx",
    "curl": "curl",
    "chromium": "chromium-headless-shell",
    "xgettext": "gettext",
}
# Programs with several names, the best one first: the headless shell has no windows, which no test
# needs, and takes a third less time.
NAMES = {
    "chromium": (
        *("chromium-headless-shell", "chromium", "chromium-browser"),
        *("google-chrome", "google-chrome-stable"),
    )
}


def find(program: str, *, best: bool = False) -> str | None:
    """Return the path of a program, even if it isn't on the PATH; the newest of several.

    Args:
        best: only look for the best of its names.
    """
    # Debian installs daemons in directories that only root's PATH has, though everybody can run
    # them.
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    names = NAMES.get(program, (program,))
    for name in names[:1] if best else names:
        if path := shutil.which(name, path=places):
            return str(path)
    hidden: list[str] = glob(f"/usr/lib/postgresql/*/bin/{program}")
    hidden.sort(key=lambda path: int(path.split("/")[4]))
    return hidden[-1] if hidden else None


def required(program: str) -> str:
    """Return the path of a required program. Raises FileNotFoundError."""
    path = find(program)
    if path is None:
        raise FileNotFoundError(program)
    return path
