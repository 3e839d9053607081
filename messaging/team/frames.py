"""All frames that go to a shop's team only. What its members send is in `messaging.frames`."""

from msgspec import UNSET, Struct, UnsetType

from messaging.frames import Sender


class TeamChanged(Struct, tag="team.changed", kw_only=True):
    """Something changed that only the team sees; a field that is missing has not changed."""

    conversation: int
    team_revision: int
    assignee: Sender | UnsetType | None = UNSET
    labels: list[int] | UnsetType = UNSET
