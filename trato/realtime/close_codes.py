"""The codes that close a socket; docs/protocol.md explains them to clients.

Browsers have the relevant codes in static/js/realtime/session/close-codes.js.
"""

from typing import Final

NORMAL: Final = 1000  # RFC 6455, section 7.4.1, like all codes below 4000
GOING_AWAY: Final = 1001
PROTOCOL_ERROR: Final = 1002
NO_CODE: Final = 1005
CUT_OFF: Final = 1006
BAD_TEXT: Final = 1007
POLICY: Final = 1008
TOO_BIG: Final = 1009
INTERNAL_ERROR: Final = 1011
SERVICE_RESTART: Final = 1012
TRY_AGAIN_LATER: Final = 1013
NO_SESSION: Final = 4401
SUSPENDED: Final = 4403
READS_TOO_SLOWLY: Final = 4408
PAGE_OF_ANOTHER: Final = 4409
FLOODS: Final = 4429

ALL: Final = frozenset(
    code for name, code in list(globals().items()) if name.isupper() and isinstance(code, int)
)
