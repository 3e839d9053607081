"""Trato's settings and their defaults.

A project's settings begin with `from trato.defaults import *`, then do the same for `notifications`
and `messaging`. A unit at the end of a name is the setting's unit.

An app above also sets `ACTIVE_MEMBERS`: the dotted name of a function that returns who is in
which team, as rows with the columns `shop_id` and `user_id`.
"""

import os

import django_stubs_ext
import environ

django_stubs_ext.monkeypatch()  # otherwise only the type checker knows `TextField[str, str]`

env = environ.Env()

REDIS_URL = env.str("REDIS_URL", default="")
# Template tags for all templates: for the option `builtins` of Django's templates.
TEMPLATE_BUILTINS = [
    f"trato.templatetags.{module}" for module in ("addresses", "markup", "page_user", "texts")
]
# The user model's field with a person's name.
PERSON_NAME_FIELD = "name"
# The site's URL, for links in emails; without it, emails with links are not sent.
SITE_URL = env.str("SITE_URL", default="")
# Functions that return whether a person's name belongs to somebody else, see `trato.names`.
NAME_CLAIMS: list[str] = []
# Where people object to a decision of staff; pages say "contact support" if it is empty.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="")
# The number of proxies in front of the site, each of which appends to X-Forwarded-For.
TRUSTED_PROXY_COUNT = 0
PURGE_BATCH_ROWS = 500  # in one transaction
# Secrets that seal the audit trail, as `id:secret`: first the current one, then former ones, which
# are needed to verify older entries. Without any, one is derived from SECRET_KEY.
AUDIT_KEYS = env.list("AUDIT_KEYS", default=[])

# -- Uploaded pictures -----------------------------------------------------------------------

IMAGE_MAX_BYTES = 10 * 1024 * 1024
AVATAR_UPLOAD_MAX_BYTES = IMAGE_MAX_BYTES + 1024 * 1024  # of the request; nginx has the same limit
IMAGE_MAX_PIXELS = 50_000_000
IMAGE_MAX_SIDE = 16_384  # pixels
IMAGE_DECODER_MAX_BYTES = 200 * 1024 * 1024  # of memory per picture
IMAGE_DECODER_MAX_CPU_SECONDS = 10
IMAGE_DECODER_NICE = 10  # so that a busy machine serves requests and sockets first
IMAGE_CODES_MAX = 20  # QR codes that are read per picture, with the extra `qr`; 0 for none
IMAGE_CODE_MAX_CHARACTERS = 1000  # kept of each code
IMAGE_DECODER_MAX_SECONDS = 60  # wall-clock time; beyond it, the machine is too busy
# Per process; one core is left for messages. Several Daphnes on one machine share its cores.
IMAGE_DECODERS = env.int("IMAGE_DECODERS", default=max(1, (os.cpu_count() or 1) - 1))
IMAGE_QUEUE_MAX = env.int("IMAGE_QUEUE_MAX", default=16)  # waiting forms per process
IMAGE_QUEUE_SECONDS = 20  # how long a form waits at most
IMAGE_FORMS_AT_ONCE = 2  # per person, waiting or being decoded
AVATAR_SIDE = 256  # pixels of a person's or shop's square picture
PICTURES_PER_HOUR = env.int("PICTURES_PER_HOUR", default=300)  # per person

# -- The socket ------------------------------------------------------------------------------

SOCKET_FRAME_MAX_BYTES = 16 * 1024
# How many tabs a person may have open in one process; the socket of one more tab is closed with
# 4429, and that tab polls over HTTP and tries again. And how often sockets may be opened by one
# person, and from one address (for IPv6, a /64), which a whole office or a mobile network may
# share.
SOCKETS_PER_PERSON = env.int("SOCKETS_PER_PERSON", default=50)  # see `RealtimeConsumer`
SOCKETS_OPENED_PER_MINUTE = env.int("SOCKETS_OPENED_PER_MINUTE", default=300)
SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = env.int(
    "SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS", default=1200
)
# The same for an IPv6 /48, which one customer may have: it counts as 65,536 addresses above.
SOCKETS_OPENED_PER_MINUTE_AND_IPV6_SITE = env.int(
    "SOCKETS_OPENED_PER_MINUTE_AND_IPV6_SITE", default=6000
)
# Per socket of any kind, including refused ones; a socket that exceeds it is closed with 4429.
SOCKET_FRAMES_PER_MINUTE = env.int("SOCKET_FRAMES_PER_MINUTE", default=600)
SOCKET_BAD_FRAMES_PER_MINUTE = env.int("SOCKET_BAD_FRAMES_PER_MINUTE", default=30)
SOCKET_UNSENT_MAX_BYTES = 512 * 1024  # for a slow reader; more closes the socket with 4408
# How long a client has to read why its socket is closed before the connection is cut. On a slow
# connection, the frames before the close may take a while.
SOCKET_CLOSE_SECONDS = 5.0
SOCKET_HEARTBEAT_SECONDS = 25
SOCKET_SESSION_CHECK_SECONDS = (
    30  # checked with the next heartbeat after that; at most 60, see docs/reliability.md
)
SOCKET_THREADS = 8  # threads per process for the sockets' database work
# How many forms may hold a connection at once, out of the pool's 16, and how many of those for one
# conversation. The others wait at most this many seconds; then clients get 503. See
# `config.form_queue`.
FORMS_AT_ONCE = env.int("FORMS_AT_ONCE", default=12)
CONVERSATION_FORMS_AT_ONCE = max(1, FORMS_AT_ONCE // 3)
FORM_QUEUE_SECONDS = 3
# A stopping process closes its sockets over this period.
SHUTDOWN_SPREAD_SECONDS = env.float("SHUTDOWN_SPREAD_SECONDS", default=5.0)
# After this, a stopping process exits, whatever is still in progress. Longer than the spread.
SHUTDOWN_SECONDS = env.float("SHUTDOWN_SECONDS", default=15.0)
REDIS_TIMEOUT_SECONDS = 1.0  # for one call to Redis; then we continue without it
EVENT_ORDER_WAIT_SECONDS = 0.15  # to wait for another process's earlier event
# How long a socket thread waits for a lock. After that, it serves others and retries the work after
# a pause, which doubles up to the second setting.
SOCKET_LOCK_SECONDS = 0.01
SOCKET_LOCK_PAUSE_SECONDS = 0.1
SEND_LOCK_SECONDS = 0.1  # how long a batch waits for a lock before we retry it later
STATEMENT_TIMEOUT_SECONDS = 5.0  # then clients get `unavailable`, and the browser tries again
