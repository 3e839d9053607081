"""Private PostgreSQL and Redis servers for tests, benchmarks and `make cluster`.

Nothing in this module is deployed: on servers, the operating system runs PostgreSQL and Redis.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import redis

from .programs import required

PATIENCE = 300.0  # seconds that a server may take to start, on a busy machine


def free_port() -> int:
    """Return a free TCP port on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server program for a test, which can be stopped and started again.

    It keeps its port and data when it is restarted.

    Args:
        address: its URL.
        command: the program and its arguments.
        folder: its working directory; its output goes to `<program>.log` there.
        probe: does nothing if the server responds, otherwise raises `refusal`.
        user: the user to run it as; by default the current one.
        name: the name of its log, by default the program's.
        environment: by default the current one.
        stop_signal: the signal for a clean shutdown.
    """

    def __init__(
        self,
        address: str,
        command: list[str],
        folder: Path,
        probe: Callable[[], object],
        refusal: type[Exception],
        *,
        user: str | None = None,
        name: str | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGINT,
    ) -> None:
        self.address = address
        self._command, self._folder, self._user = command, folder, user
        self._probe, self._refusal = probe, refusal
        self._environment, self._stop_signal = environment, stop_signal
        self.log = folder / f"{name or Path(command[0]).name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process ID. Raises RuntimeError if it is not running."""
        if self._process is None:
            raise RuntimeError(f"{self.address} does not run")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it responds. If it is running, this only resumes it if paused."""
        if self._process:
            self.resume()
            return
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it; call `wait` before using it."""
        if self._process:
            raise RuntimeError(f"{self.address} runs already")
        with self.log.open("ab") as output:
            # In its own session, so that Ctrl-C reaches only us and the server outlives the tests.
            self._process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=output,
                user=self._user,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it responds."""

        def probe() -> None:
            if self._process and self._process.poll() is not None:
                raise RuntimeError(f"{self._command[0]} ended; see its log in {self._folder}")
            self._probe()

        wait(probe, self._refusal)

    def stop(self, how: signal.Signals | None = None) -> int | None:
        """Shut it down cleanly. Does nothing if it is not running.

        Args:
            how: another signal, such as SIGQUIT for PostgreSQL's immediate shutdown.

        Returns:
            Its exit code; None if it was not running, or was killed after 20 s.
        """
        code = None
        if self._process:
            self.resume()
            self._process.send_signal(how or self._stop_signal)
            try:
                code = self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None
        return code

    def kill(self) -> None:
        """Simulate a crash. Does nothing if it is not running."""
        if self._process:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._process = None

    def pause(self) -> None:
        """Simulate a hanging machine: connections stay open, but nothing responds."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, then to its children: PostgreSQL has one per connection."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        pids = children.read_text().split() if children.exists() else []
        os.kill(self.pid, number)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), number)


@contextlib.contextmanager
def postgresql(
    folder: Path, like: Path | None = None, database: str = "postgres", /, **options: str | int
) -> Iterator[Server]:
    """Run a private PostgreSQL with its data in `folder`; its URL names a database.

    Args:
        like: the data of a stopped server; the new one starts with a copy.
        database: the database in its URL.
        options: the server's settings, for example `max_connections=20`.
    """
    user = _unprivileged_user()
    data = folder / "postgresql"
    if like:
        copy_data(like, data)
    else:
        _create_data(data, user)
    port = free_port()
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 200,
        # The data is deleted after the run, so it need not survive a power cut. It does survive
        # `kill`, because by then the kernel has what was committed.
        "fsync": "off",
        "full_page_writes": "off",
    } | options
    command = [required("postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    address = f"postgres://trato@127.0.0.1:{port}/{database}"
    yield from _running(
        Server(
            address,
            command,
            data,
            lambda: psycopg.connect(address, connect_timeout=5).close(),
            psycopg.OperationalError,
            user=user,
        )
    )


def copy_data(data: Path, copy: Path) -> None:
    """Copy the data of a stopped PostgreSQL, with owners and permissions."""
    subprocess.run(["cp", "-a", str(data), str(copy)], check=True)  # noqa: S607


def _create_data(data: Path, user: str | None) -> None:
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [
            *(required("initdb"), "--auth=trust", "--username=trato", "--encoding=UTF8"),
            *("--no-sync", "--locale=C", f"--pgdata={data}"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=data,
    )


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[Server]:
    """Run a private Redis that keeps nothing on disk."""
    port = free_port()
    command = [required("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no"]

    def probe() -> None:
        with contextlib.closing(redis.Redis(port=port)) as client:
            client.ping()

    address = f"redis://127.0.0.1:{port}/0"
    yield from _running(Server(address, command, folder, probe, redis.ConnectionError))


def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def wait(probe: Callable[[], object], refusal: type[Exception]) -> None:
    """Call `probe` repeatedly until it no longer raises `refusal`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            probe()
        except refusal:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _unprivileged_user() -> str | None:
    """Return a user to run PostgreSQL as if we are root, because it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
