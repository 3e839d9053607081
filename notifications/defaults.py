"""The settings of notifications, see `trato.defaults`."""

import environ

env = environ.Env()

READ_NOTIFICATIONS_KEEP_DAYS = env.int("READ_NOTIFICATIONS_KEEP_DAYS", default=90)
UNREAD_NOTIFICATIONS_KEEP_DAYS = env.int("UNREAD_NOTIFICATIONS_KEEP_DAYS", default=365)
# Who is in which team, as a query of pairs. News that were meant for a team's members are shown to
# those who are in it.
TEAM_MEMBERSHIPS = "messaging.host.memberships_of"
