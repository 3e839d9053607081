"""The settings of notifications, see `trato.defaults`."""

import environ

env = environ.Env()

READ_NOTIFICATIONS_KEEP_DAYS = env.int("READ_NOTIFICATIONS_KEEP_DAYS", default=90)
UNREAD_NOTIFICATIONS_KEEP_DAYS = env.int("UNREAD_NOTIFICATIONS_KEEP_DAYS", default=365)
# Who is in which team: a function that returns rows with the columns `shop_id` and `user_id`. News
# that were meant for a team's members are shown to those who are in it.
TEAM_MEMBERSHIPS = "messaging.host.active_members"
