"""This process's metrics for Prometheus; `config/metrics.py` serves them.

Labels have few values, all known here, because each value becomes a time series.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from . import close_codes

sends: Final = Counter(
    "trato_sends",
    "Messages that people sent, by what they were told: accepted, or an error's code.",
    ["outcome"],
)
sends_accepted: Final = sends.labels("accepted")  # looked up once, because each send increments it
send_seconds: Final = Histogram(
    "trato_send_seconds",
    "From a send's arrival on the socket to its acknowledgement, after COMMIT.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
sends_waiting: Final = Gauge(
    "trato_sends_waiting", "Sends of the sockets that are not acknowledged yet."
)
sockets_open: Final = Gauge("trato_sockets_open", "Open sockets.")
socket_closes: Final = Counter("trato_socket_closes", "Sockets that ended, by code.", ["code"])
publish_failures: Final = Counter(
    "trato_publish_failures",
    "Events that the channel layer was not told, because it failed or answered too late.",
)
resumes: Final = Counter(
    "trato_resumes", "Clients that asked for what they missed, by socket or http.", ["by"]
)


def socket_closed(code: int) -> None:
    """Count a closed socket by its code. Codes that a client invents count as `other`."""
    socket_closes.labels(str(code) if code in close_codes.ALL else "other").inc()
