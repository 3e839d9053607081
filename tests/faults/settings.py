"""The site as the fault suite runs it: as in the tests, with limits that no load reaches.

`FAULTS_SETTINGS`, a JSON object, changes single settings for a scenario; with `FAULTS_LAYER` the
channel layer is the class of that name in `layer`.
"""

import json
import os

from config.settings.test import *  # noqa: F403
from config.settings.test import CHANNEL_LAYERS

MESSAGES_PER_MINUTE = MESSAGE_CHANGES_PER_MINUTE = REACTIONS_PER_MINUTE = 1_000_000
CONVERSATIONS_PER_HOUR = FILES_PER_HOUR = FILES_PER_PERSON = 1_000_000
SOCKET_FRAMES_PER_MINUTE = 1_000_000
SOCKETS_PER_PERSON = 1_000_000
SOCKETS_OPENED_PER_MINUTE = 1_000_000
SOCKETS_OPENED_PER_MINUTE_AND_ADDRESS = 1_000_000
SOCKET_BAD_FRAMES_PER_MINUTE = 1_000_000
SOCKET_HEARTBEAT_SECONDS = 2
SOCKET_SESSION_CHECK_SECONDS = 4

if layer := os.environ.get("FAULTS_LAYER"):
    CHANNEL_LAYERS = {
        "default": {**CHANNEL_LAYERS["default"], "BACKEND": f"tests.faults.layer.{layer}"}  # type: ignore[dict-item]
    }
globals().update(json.loads(os.environ.get("FAULTS_SETTINGS", "{}")))
SEARCHES_PER_MINUTE = CONVERSATION_SEARCHES_PER_MINUTE = 1_000_000
