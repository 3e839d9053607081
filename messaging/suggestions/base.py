"""The base class for `MESSAGING_SUGGESTER`."""

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
        """Return the best past answers to a question, best first, at most `limit`.

        Called in a seller's request, so aim for 20 ms. The caller drops answers of other shops,
        removed or automatic answers, and answers from conversations that were reported as a scam;
        leave them out yourself, so that others can take their places.

        Args:
            conversation: the conversation with the question, with its product loaded.
            question: the shopper's unanswered messages, joined by line breaks.
        """
