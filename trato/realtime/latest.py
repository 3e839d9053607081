"""Keep the newest of several answers that may arrive in any order."""


class Latest:
    """Numbers questions, and keeps an older answer from replacing a newer one.

    A question that was asked later has seen at least as much, so its answer stays, whichever of
    the two arrives first.
    """

    __slots__ = ("_applied", "_asked")

    def __init__(self) -> None:
        self._asked = 0
        self._applied = 0

    def ask(self) -> int:
        """Return a number for a question that is about to be asked."""
        self._asked += 1
        return self._asked

    def applies(self, question: int) -> bool:
        """Whether to apply the answer to a question: not after that of a later question."""
        if question < self._applied:
            return False
        self._applied = question
        return True
