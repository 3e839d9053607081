"""The settings of notifications, see `trato.defaults`."""

import environ

env = environ.Env()

READ_NOTIFICATIONS_KEEP_DAYS = env.int("READ_NOTIFICATIONS_KEEP_DAYS", default=90)
UNREAD_NOTIFICATIONS_KEEP_DAYS = env.int("UNREAD_NOTIFICATIONS_KEEP_DAYS", default=365)
BADGE_PAUSE_SECONDS = 0.25  # between two counts of the badges that have changed, in one process
# For how long a send assumes that all members of a shop still have a conversation unread. A message
# that comes later than this after somebody joined notifies the new member too.
TELL_TEAM_AGAIN_SECONDS = env.int("TELL_TEAM_AGAIN_SECONDS", default=10)
# Who is in which team: a function that returns rows with the columns `shop_id` and `user_id`. News
# that were meant for a team's members are shown to those who are in it.
TEAM_MEMBERSHIPS = "messaging.host.active_members"
