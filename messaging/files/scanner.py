"""The hook for an upload scanner: `FILE_SCANNER` names a subclass, see docs/files.md."""

from abc import ABC, abstractmethod
from typing import IO


class Scanner(ABC):
    """Decides on each upload before any of it is stored."""

    @abstractmethod
    def is_harmless(self, upload: IO[bytes]) -> bool:
        """Whether an upload may be stored and sent. The file is rewound to its beginning.

        Raises:
            OSError: the scanner can't be reached. The upload is refused for now, and the browser
                tries again.
        """
