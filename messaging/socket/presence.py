"""What the person on a socket shows of themselves, and so may see of others."""

import time
from collections.abc import Collection, Mapping

from django.conf import settings

from messaging import access
from messaging.cases.frames import listeners
from messaging.client_frames import Active, Typing
from messaging.host import host
from messaging.models import Side
from messaging.presence import actions
from messaging.presence.queries import NOTHING_HIDDEN, Hidden, hidden_by
from trato.people import Person
from trato.realtime.background import per_loop
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.groups import Event
from trato.realtime.latest import Latest

from .open_conversations import OpenConversations

PEOPLE_MAX = 10_000  # people whose last activity a process remembers


class SocketPresence:
    """One socket's part in read marks, typing and presence."""

    def __init__(self, socket: RealtimeConsumer, conversations: OpenConversations) -> None:
        self._socket, self._conversations = socket, conversations
        self._hidden = NOTHING_HIDDEN
        self._answers = Latest()

    @property
    def session_key(self) -> str:
        """See `SocketConsumer.session_key`."""
        return self._socket.session_key

    def ask(self) -> int:
        """Return a number for a query that will load what the person hides, see `learn`."""
        return self._answers.ask()

    def learn(self, question: int, hidden: Hidden) -> None:
        """Store what a query has loaded, unless a later query finished first."""
        if self._answers.applies(question):
            self._hidden = hidden

    async def receive(self, frame: Typing | Active) -> None:
        """Record that the person is there, or announce typing: if hidden, only to colleagues.

        Raises:
            Http404, Refused: see `OpenConversations.announce_typing`.
        """
        if isinstance(frame, Active):
            self._use()
            return
        await self._conversations.announce_typing(
            frame.conversation, stopped=frame.stopped, hidden=self._hidden.typing
        )

    def deliver_typing(self, event: Event) -> None:
        """Show that somebody else is typing, if the conversation is open here."""
        if (
            event["conversation"] in self._conversations
            and event["user"] != self._socket.user.pk
            and self._may_know(event, is_hiding=self._hidden.typing)
        ):
            self._socket.send_frame(event["frame"])

    def deliver_read(self, event: Event) -> None:
        """Pass on how far somebody has read, as `OpenConversations.deliver` does."""
        if self._may_know(event, is_hiding=self._hidden.read):
            self._conversations.deliver(event)

    def _use(self) -> None:
        """Record that the person is there, if they work for a shop and show it."""
        user = self._socket.user
        if not self._hidden.presence and host.acts_as_seller(user):
            _note(user.pk)

    def _may_know(self, event: Event, *, is_hiding: bool) -> bool:
        """Whether an event is from the person's own side, or neither person hides or blocks.

        A shopper who has since joined the shop gets the team's events, but is on the other side.
        """
        is_shopper = event["consumer"] == self._socket.user.pk
        is_own_side = is_shopper == (event["side"] == Side.CONSUMER)
        is_blocked = self._conversations.is_blocked(event["conversation"])
        return is_own_side or not (event["hidden"] or is_hiding or is_blocked)


async def groups_of(people: Mapping[SocketPresence, Person]) -> dict[SocketPresence, set[str]]:
    """Load what the people on these sockets hide; return each person's role groups."""
    asked = {presence: presence.ask() for presence in people}
    ids = {user.pk for user in people.values()}
    sellers = {user.pk for user in people.values() if host.acts_as_seller(user)}
    staff = {one.session_key: user for one, user in people.items() if user.is_staff}
    hidden, shops, at_desk = await run_in_database_thread(_load, ids, sellers, staff)
    groups = {}
    for presence, user in people.items():
        groups[presence] = access.role_groups(
            user, shops.get(user.pk, ()), sees_desk=presence.session_key in at_desk
        )
        presence.learn(asked[presence], hidden.get(user.pk, NOTHING_HIDDEN))
    return groups


def _load(
    user_ids: Collection[int], seller_ids: Collection[int], staff: Mapping[str, Person]
) -> tuple[dict[int, Hidden], dict[int, list[int]], set[str]]:
    """Return what people hide, the sellers' shops, and the sessions that get events about cases."""
    return (
        hidden_by(user_ids),
        host.shops_of(seller_ids) if seller_ids else {},
        listeners(staff) if staff else set(),
    )


def _note(user_id: int) -> None:
    noted, now = _noted(), time.monotonic()
    if now - noted.get(user_id, -settings.PRESENCE_SECONDS) < settings.PRESENCE_SECONDS / 2:
        return
    if len(noted) >= PEOPLE_MAX:
        noted.clear()
    noted[user_id] = now
    _active.request(user_id)


_noted: per_loop[dict[int, float]] = per_loop(dict)  # when it was stored last, by person
_active: DataLoader[int, None] = DataLoader.from_database(actions.note_active)
