"""Private PostgreSQL and Redis for one test run, and which programs the tests need."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path

import psycopg
import redis

# What the tests use where it is found, and the Debian package that brings it.
PACKAGES = {
    "postgres": "postgresql",
    "initdb": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium",
    "xgettext": "gettext",
}
OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome", "google-chrome-stable")}
PATIENCE = 60.0  # seconds that a server may take to answer for the first time


def find(program: str) -> str | None:
    """The path of a program, also where Debian hides PostgreSQL's; the newest of several."""
    for name in (program, *OTHER_NAMES.get(program, ())):
        if path := shutil.which(name):
            return str(path)
    hidden: list[str] = glob(f"/usr/lib/postgresql/*/bin/{program}")
    hidden.sort(key=lambda path: int(path.split("/")[4]))
    return hidden[-1] if hidden else None


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def postgresql(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a private PostgreSQL with its data in `folder`; gives the address of a database.

    Args:
        durable: whether a commit is on the disk before it is answered, as in production.
    """
    user = _unprivileged_user()
    data = folder / "postgresql"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [
            *(_required("initdb"), "--auth=trust", "--username=trato", "--encoding=UTF8"),
            *("--no-sync", "--locale=C", f"--pgdata={data}"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=data,
    )
    port = free_port()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 200,
    }
    if not durable:
        # The data is thrown away with the run, so it need not survive a power cut.
        options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    command = [_required("postgres"), "-D", str(data)]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    address = f"postgres://trato@127.0.0.1:{port}/postgres"
    with (folder / "postgresql.log").open("wb") as log, _running(command, log.fileno(), user, data):
        _wait(lambda: psycopg.connect(address, connect_timeout=5).close(), psycopg.OperationalError)
        yield address


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a private Redis that keeps nothing on disk; gives its address."""
    port = free_port()
    command = [_required("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no"]
    with (folder / "redis.log").open("wb") as log, _running(command, log.fileno(), None, folder):
        with contextlib.closing(redis.Redis(port=port)) as client:
            _wait(client.ping, redis.ConnectionError)
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def _running(command: list[str], log: int, user: str | None, folder: Path) -> Iterator[None]:
    # In a session of its own, so that Ctrl-C reaches us alone and the tests end before it does.
    process = subprocess.Popen(
        command, stdout=log, stderr=log, user=user, cwd=folder, start_new_session=True
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Redis takes it alike
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(knock: Callable[[], object], refusal: type[Exception]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            knock()
        except refusal:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _required(program: str) -> str:
    path = find(program)
    if path is None:
        raise FileNotFoundError(program)
    return path


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
