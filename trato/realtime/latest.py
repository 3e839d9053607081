"""Questions asked one after the other whose answers may come in any order."""


class Latest:
    """Keeps an older answer from replacing a newer one.

    A question that was asked later saw at least as much, so its answer stays, whichever of the two
    comes first.
    """

    __slots__ = ("_applied", "_asked")

    def __init__(self) -> None:
        self._asked = 0
        self._applied = 0

    def ask(self) -> int:
        """A question is about to be asked; its number."""
        self._asked += 1
        return self._asked

    def applies(self, question: int) -> bool:
        """Whether the answer to a question is to be applied: to none asked later was one yet."""
        if question < self._applied:
            return False
        self._applied = question
        return True
