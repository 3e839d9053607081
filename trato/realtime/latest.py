"""Keep the newest of several responses that may arrive in any order."""


class Latest:
    """Numbers requests, and keeps an older response from replacing a newer one.

    A later request sees data that is at least as new, so its response wins, whichever arrives
    first.
    """

    __slots__ = ("_applied", "_asked")

    def __init__(self) -> None:
        self._asked = 0
        self._applied = 0

    def ask(self) -> int:
        """Return a number for a request about to be made."""
        self._asked += 1
        return self._asked

    def applies(self, question: int) -> bool:
        """Whether to use a request's response: False once a later request has been answered."""
        if question < self._applied:
            return False
        self._applied = question
        return True
