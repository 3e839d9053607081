"""Settings for a server that streams everything on request, however large."""

import os

from config.settings.test import *  # noqa: F403

EXPORT_DIRECT_BYTES = int(os.environ["EXPORT_DIRECT_BYTES"])
