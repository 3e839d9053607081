"""Settings of a server that streams everything, however large, if it is asked to."""

import os

from config.settings.test import *  # noqa: F403

EXPORT_DIRECT_BYTES = int(os.environ["EXPORT_DIRECT_BYTES"])
