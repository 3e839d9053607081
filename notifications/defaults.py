"""The settings of notifications, see `trato.defaults`.

Only a team's current members see its news, see `ACTIVE_MEMBERS` there.

The app above also sets:
- `SELLERS`, the dotted name of a function that returns the accounts that sell, as rows of the user
  model. To announcements, everybody else is a shopper.
- `NEWS_WORDS`: for news from the site itself, by the kind of its subject, the dotted name of a
  function that turns the stored row's codes into `notifications.words.Words` in the reader's
  language.
- `NEWS_EXCERPTS`: for news from people, by the kind of its subject, the dotted name of a function
  that turns a stored excerpt into text in the reader's language.
"""

import environ

env = environ.Env()

READ_NOTIFICATIONS_KEEP_DAYS = env.int("READ_NOTIFICATIONS_KEEP_DAYS", default=90)
UNREAD_NOTIFICATIONS_KEEP_DAYS = env.int("UNREAD_NOTIFICATIONS_KEEP_DAYS", default=365)
# How many the staff of the whole site may send within 24 hours.
ANNOUNCEMENTS_PER_DAY = env.int("ANNOUNCEMENTS_PER_DAY", default=3)
ANNOUNCEMENTS_KEEP_DAYS = env.int("ANNOUNCEMENTS_KEEP_DAYS", default=90)  # after nobody sees them
# One process spreads an announcement to its open pages over this time, so that messages get
# through.
ANNOUNCEMENT_SPREAD_SECONDS = 0.5
TOAST_SECONDS = 6  # longer while it has the pointer or the focus
BADGE_PAUSE_SECONDS = 0.25  # between two counts of changed badges in one process
# How long a send assumes that all members of a shop still have a conversation unread. Somebody who
# joins the shop starts to be notified of messages after this time at the latest.
FIND_RECIPIENTS_AGAIN_SECONDS = env.int("FIND_RECIPIENTS_AGAIN_SECONDS", default=10)
# Kinds of news whose subject is a person and which contain their name: deleted with the account.
NEWS_ABOUT_PEOPLE: tuple[str, ...] = ()
