"""A fake systemd for `deploy/roll`: `systemctl restart trato@<port>`."""

import contextlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from deploy.cluster import Cluster


@contextlib.contextmanager
def systemctl(cluster: Cluster, folder: Path) -> Iterator[dict[str, str]]:
    """Return an environment for a machine whose units are the cluster's Daphnes.

    Its `systemctl` is a script in `folder` that calls us. It succeeds if the Daphne has shut down
    cleanly and was started again. It fails if no other Daphne would respond meanwhile.
    """

    class Restart(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            port = int(self.path.removeprefix("/restart/trato@"))
            daphne = cluster.daphnes[cluster.ports.index(port)]
            others = [other for other in cluster.daphnes if other is not daphne]
            restarted = any(answers(other.address) for other in others) and daphne.stop() == 0
            if restarted:
                daphne.launch()
            self.send_response(200 if restarted else 500)
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Restart) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        script = folder / "systemctl"
        script.write_text(
            "#!/bin/sh\n"
            "exec curl --noproxy '*' --fail --silent --request POST "
            f"http://127.0.0.1:{server.server_port}/$1/$2\n"
        )
        script.chmod(0o755)
        yield {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        server.shutdown()


def answers(address: str) -> bool:
    try:
        urlopen(f"{address}/health/", timeout=5).close()  # noqa: S310
    except OSError:
        return False
    return True
