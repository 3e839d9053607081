"""The base class of the two stores. They only store; `pipeline` checks and announces."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from messaging.records import Answer, Attempt


class Store(ABC):
    """Stores batches of messages. `OrmStore` and `PostgresStore` differ only in `store`."""

    @abstractmethod
    async def store(self, attempts: Sequence[Attempt]) -> list[Answer]:
        """Store the attempts that are not refused.

        Messages of one conversation get their sequences in the order of their attempts.

        Args:
            attempts: checked, and without a repeated (conversation, sender, client_id).

        Returns:
            For each attempt, in order, the committed message (the first one, if it is a repeat) or
            an exception. `Locked` means that another transaction has locked the conversation:
            nothing was stored for this attempt, and it can be retried.

        Raises:
            Locked: another transaction holds a lock that isn't a conversation's; nothing was
                stored.
            django.db.OperationalError: the database cannot be reached, and it is unknown whether
                anything was stored. Sending again with the same `client_id` is safe.
        """

    def close(self) -> None:  # noqa: B027 - there may be none
        """Close the connections of this store."""
