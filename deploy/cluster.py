"""`make cluster`: production's shape on one machine, until Ctrl-C.

nginx in front of two Daphnes for sockets and one for pages, PostgreSQL and Redis behind them, all
on private ports of 127.0.0.1 and in one temporary folder, with the demo shop. The tests use the
same `Cluster`, whose parts can be stopped, killed, paused and started one by one.
"""

import argparse
import contextlib
import os
import re
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self
from urllib.request import urlopen

from deploy import programs, services

ROOT = Path(__file__).resolve().parents[1]
NGINX = Path(__file__).parent / "nginx"
NEEDS = ("nginx", "initdb", "postgres", "redis-server")
PAGES_NICE = 5  # as in deploy/systemd/trato@8101.service.d

NGINX_MAIN = """\
worker_processes 2;
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 8192; }}
worker_rlimit_nofile {files};
http {{
    include {types};
    default_type application/octet-stream;
    sendfile on;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    include {conf}/http.conf;
    access_log {folder}/nginx-access.log trato;
    upstream trato_sockets {{
        zone trato_upstream_sockets 64k;
        least_conn;
{sockets}
    }}
    upstream trato_pages {{
        zone trato_upstream_pages 64k;
        least_conn;
{pages}
    }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        set $trato_static {folder}/static;
        set $trato_media {folder}/media;
        set $trato_private {folder}/private;
        set $trato_counted {counted};
        include {conf}/site.conf;
    }}
}}
"""


class Cluster:
    """nginx, Daphnes, PostgreSQL and Redis of one run.

    Args:
        folder: where everything is kept; other users must be able to pass through it.
        daphnes: how many Daphnes hold the sockets.
        page_daphnes: how many more serve everything else; with 0 the first ones do both.
        postgres: PostgreSQL's settings, such as `fsync="on"` to make COMMIT wait for the disk.
        environment: further settings of the Daphnes, such as `MESSAGES_PER_MINUTE`.
    """

    # The key for nginx's limits. Load tests clear it, because all their clients share an address.
    counted = "$trato_client"

    def __init__(
        self,
        folder: Path,
        *,
        daphnes: int = 2,
        page_daphnes: int = 1,
        postgres: Mapping[str, str | int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = services.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ports = [services.free_port() for _ in range(daphnes + page_daphnes)]
        self.socket_ports, self.page_ports = self.ports[:daphnes], self.ports[daphnes:]
        self._postgres_settings = postgres or {}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.cluster",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_ORIGINS": f"https://127.0.0.1:{self.port}",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "PRIVATE_MEDIA_ROOT": str(folder / "private"),
            "FILE_ACCEL_PREFIX": "/private-files/",
            "EMAIL_FILE_PATH": str(folder / "mail"),
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        self.daphnes: list[services.Server] = []
        self._parts = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything, with the demo's data; nothing is left running if a part fails."""
        with contextlib.ExitStack() as parts, ThreadPoolExecutor() as pool:
            self.postgres = parts.enter_context(
                services.postgresql(self.folder, **self._postgres_settings)
            )
            self.redis = parts.enter_context(services.redis_server(self.folder))
            self.environment["DATABASE_URL"] = self.postgres.address
            self.environment["REDIS_URL"] = self.redis.address
            static = pool.submit(self._collect_static)
            self.manage("migrate", "--verbosity=0")
            self.daphnes = [self._daphne(number) for number in range(len(self.ports))]
            for daphne in self.daphnes:
                parts.callback(daphne.stop)
                daphne.launch()
            self.manage("demo")
            static.result()
            for daphne in self.daphnes:
                daphne.wait()
            self.nginx = self._nginx()
            parts.callback(self.nginx.stop)
            self.nginx.start()
            self._parts = parts.pop_all()

    def stop(self) -> None:
        """Stop everything, from front to back."""
        self._parts.close()

    def manage(self, *words: str) -> str:
        """Run a command of `manage.py` in this cluster; return what it printed."""
        return self.run("manage.py", *words)

    def run(self, *words: str) -> str:
        """Run Python in this cluster's environment; return what it printed.

        Raises:
            subprocess.CalledProcessError: it failed; its error message is in our stderr.
        """
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def upstream(self, number: int) -> str:
        """Return the URL of one Daphne, which bypasses nginx."""
        return f"http://127.0.0.1:{self.ports[number]}"

    def _collect_static(self) -> None:
        self.manage("collectstatic", "--noinput", "--verbosity=0")
        self.run("-m", "config.error_pages")

    def _daphne(self, number: int) -> services.Server:
        address, port = self.upstream(number), self.ports[number]
        # If cores are scarce, messages come first.
        priority = ["nice", "-n", str(PAGES_NICE)] if port in self.page_ports else []
        return services.Server(
            address,
            [*priority, sys.executable, "-m", "config.server", "--port", str(port)],
            self.folder,
            lambda: urlopen(f"{address}/health/", timeout=5).close(),  # noqa: S310
            OSError,
            name=f"daphne-{number}",
            environment=self.environment,
            stop_signal=signal.SIGTERM,
        )

    def _nginx(self) -> services.Server:
        program = programs.required("nginx")
        configuration = self.folder / "nginx.conf"
        errors = str(self.folder / "nginx-error.log")
        configuration.write_text(
            NGINX_MAIN.format(
                # Its workers read pictures and pages in this folder, and they serve only this run.
                user="user root;" if os.geteuid() == 0 else "",
                folder=self.folder,
                conf=NGINX,
                port=self.port,
                types=mime_types(program),
                files=_open_files(),
                sockets=_servers(self.socket_ports, self.page_ports),
                pages=_servers(self.page_ports, self.socket_ports),
                counted=self.counted or "''",
            )
        )
        return services.Server(
            self.url,
            [program, "-e", errors, "-c", str(configuration), "-g", "daemon off;"],
            self.folder,
            lambda: urlopen(f"{self.url}/health/", timeout=5).close(),  # noqa: S310
            OSError,
            stop_signal=signal.SIGTERM,
        )


def _servers(ports: Sequence[int], others: Sequence[int]) -> str:
    """Return an upstream's server lines for nginx; `others` step in while all of `ports` are down.

    Without any `ports`, nginx uses the others all the time.
    """
    if not ports:
        ports, others = others, []
    lines = [f"        server 127.0.0.1:{port} max_fails=0;" for port in ports]
    lines += [f"        server 127.0.0.1:{port} max_fails=0 backup;" for port in others]
    return "\n".join(lines)


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder that PostgreSQL's user can pass through; delete it afterwards."""
    with tempfile.TemporaryDirectory(prefix="trato-cluster-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def mime_types(program: str) -> Path:
    """Return nginx's own list of file types, which is next to its main configuration."""
    built = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stderr
    option = re.search(r"--conf-path=(\S+)", built)
    return (Path(option[1]) if option else Path("/etc/nginx/nginx.conf")).parent / "mime.types"


def _open_files() -> int:
    """Return how many files one nginx worker may hold open; each socket takes two."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 65536 if limit == resource.RLIM_INFINITY else min(limit, 65536)


def main() -> int:
    """Run a cluster until Ctrl-C; return 1 if a program is missing."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    # Both signals stop it cleanly, even if a script started it with Ctrl-C ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    missing = [program for program in NEEDS if programs.find(program) is None]
    if missing:
        packages = {programs.PACKAGES[program] for program in missing}
        say(f"Not found: {', '.join(missing)}. On Debian: apt install {' '.join(sorted(packages))}")
        return 1
    with contextlib.suppress(KeyboardInterrupt), temporary_folder() as folder:
        say(
            "Starting PostgreSQL, Redis, three Daphnes and nginx; this takes a quarter of a minute."
        )
        with Cluster(folder) as cluster:
            say(f"Trato answers on {cluster.url}/ (stop it with Ctrl-C)")
            say("  demo people: shopper@, seller@ and staff@example.com, password trato-demo")
            for number, daphne in enumerate(cluster.daphnes):
                part = "pages" if cluster.ports[number] in cluster.page_ports else "sockets"
                say(f"  {part}: {cluster.upstream(number)}, process {daphne.pid}")
            say(f"  PostgreSQL: {cluster.postgres.address}   Redis: {cluster.redis.address}")
            say(f"  logs: {folder}/*.log   mail: {folder}/mail/")
            signal.pause()
    return 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
