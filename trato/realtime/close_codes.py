"""The codes with which a socket is closed, as docs/protocol.md tells clients."""

from typing import Final

NORMAL: Final = 1000  # RFC 6455, section 7.4.1, as the next four
TOO_BIG: Final = 1009
INTERNAL_ERROR: Final = 1011
SERVICE_RESTART: Final = 1012
TRY_AGAIN_LATER: Final = 1013
NO_SESSION: Final = 4401
SUSPENDED: Final = 4403
READS_TOO_SLOWLY: Final = 4408
PAGE_OF_ANOTHER: Final = 4409
FLOODS: Final = 4429
