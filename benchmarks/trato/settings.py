"""Production's settings, and limits so high that the load never meets them; all are evaluated."""

from config.settings.production import *  # noqa: F403

MESSAGES_PER_MINUTE = 1_000_000
SOCKET_FRAMES_PER_MINUTE = 1_000_000
SOCKETS_PER_PERSON = 1_000_000
SOCKETS_OPENED_PER_MINUTE = 1_000_000
SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = 1_000_000
SEARCHES_PER_MINUTE = CONVERSATION_SEARCHES_PER_MINUTE = 1_000_000
