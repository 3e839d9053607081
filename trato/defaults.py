"""The settings of trato, and what they are unless a project says otherwise.

A project's settings begin with `from trato.defaults import *`, then the same of `notifications` and
`messaging`. Names that end in a unit are in that unit.
"""

import django_stubs_ext
import environ

django_stubs_ext.monkeypatch()  # `TextField[str, str]` is only known to the type checker otherwise

env = environ.Env()

REDIS_URL = env.str("REDIS_URL", default="")
# The field of the user model that has a person's name.
PERSON_NAME_FIELD = "name"
# Proxies in front of the site, each of which appends to X-Forwarded-For.
TRUSTED_PROXY_COUNT = 0
PURGE_BATCH_ROWS = 500  # in one transaction

# -- The socket ------------------------------------------------------------------------------

SOCKET_FRAME_MAX_BYTES = 16 * 1024
# Tabs that one person may have open in one process; another one is closed with 4429, asks by HTTP
# and tries again. And how often sockets may be opened: by one person, and from one address (of
# IPv6: one /64), behind which a whole office or a mobile network may be.
SOCKETS_PER_PERSON = env.int("SOCKETS_PER_PERSON", default=50)  # see `RealtimeConsumer`
SOCKETS_OPENED_PER_MINUTE = env.int("SOCKETS_OPENED_PER_MINUTE", default=300)
SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = env.int(
    "SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS", default=1200
)
# Per socket, of any kind and refused ones; more closes it with 4429.
SOCKET_FRAMES_PER_MINUTE = env.int("SOCKET_FRAMES_PER_MINUTE", default=600)
SOCKET_BAD_FRAMES_PER_MINUTE = env.int("SOCKET_BAD_FRAMES_PER_MINUTE", default=30)
SOCKET_UNSENT_MAX_BYTES = 512 * 1024  # waiting for a slow reader; more closes it with 4408
# That a client has to read why its socket is closed; then the connection is cut. On a bad line the
# words before the close may take a while.
SOCKET_CLOSE_SECONDS = 5.0
SOCKET_HEARTBEAT_SECONDS = 20
SOCKET_SESSION_CHECK_SECONDS = (
    30  # with the next heartbeat after it; at most 60, see docs/reliability.md
)
SOCKET_THREADS = 8  # database work of the sockets of one process
# Over which a process that ends closes its sockets.
SHUTDOWN_SPREAD_SECONDS = env.float("SHUTDOWN_SPREAD_SECONDS", default=5.0)
# After which it ends, whatever is still under way. More than the spread.
SHUTDOWN_SECONDS = env.float("SHUTDOWN_SECONDS", default=15.0)
REDIS_TIMEOUT_SECONDS = 1.0  # for one call to Redis; it goes on without it
EVENT_ORDER_WAIT_SECONDS = 0.15  # for an event of another process that comes before this one
SEND_LOCK_SECONDS = 0.1  # that a batch waits for somebody else's lock; then it tries again later
STATEMENT_TIMEOUT_SECONDS = 5.0  # then people are told `unavailable`; the browser tries again
