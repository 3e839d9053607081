"""The site's own name as people write it: `we can settle this outside of Trato`."""

import re

from django.conf import settings

from .folding import fold

SITE = re.escape(fold(settings.SITE_NAME).text)  # a pattern for a folded text
