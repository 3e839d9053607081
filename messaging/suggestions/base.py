"""What a class in `MESSAGING_SUGGESTER` has to do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from messaging.models import Conversation, Message


@dataclass(frozen=True)
class Suggestion:
    """A past answer of the shop, and the question that it answered.

    Args:
        answer: with its `conversation`, whose `product` is loaded too.
    """

    answer: Message
    question: str


class Suggester(ABC):
    """Finds a shop's past answers. Created once per process."""

    @abstractmethod
    def suggest(self, conversation: Conversation, question: str, limit: int) -> list[Suggestion]:
        """Return the best past answers to a question, the best first, at most `limit`.

        Called in a request of a seller, who waits for it: 20 ms are a good time. Answers of other
        shops, removed or automatic ones, and those from conversations that were reported as a scam
        are dropped afterwards; leave them out so that others can take their places.

        Args:
            conversation: the one with the question, with its product.
            question: the shopper's unanswered messages, joined by line breaks.
        """
