"""Messaging's settings, see `trato.defaults`. Those with a rate can be set in the environment.

A project also sets `MESSAGING_PRODUCT_MODEL`, `MESSAGING_SHOP_MODEL` and `MESSAGING_HOST`, see
`messaging.host`, and `SITE_NAME`, which becomes a page's title once its user is logged out.
"""

from trato.defaults import IMAGE_MAX_BYTES, env

# For the settings these depend on, see `trato.defaults` and `notifications.defaults`.
ACTIVE_MEMBERS = "messaging.host.active_members"
SELLERS = "messaging.host.sellers"
NEWS_WORDS = {
    "export": "messaging.exports.notices.export_words",
    "assigned": "messaging.team.notices.assigned_words",
    "note": "messaging.notes.notices.mention_words",
    "nudge": "messaging.nudges.notices.nudge_words",
    "report": "messaging.reports.notices.report_words",
    "decision": "messaging.decisions.notices.decision_words",
    "appeal": "messaging.appeals.notices.appeal_words",
    "staff_message": "messaging.staff_messages.notices.staff_message_words",
    "recall": "messaging.recall.notices.recall_words",
}
NEWS_EXCERPTS = {"conversation": "messaging.message_extras.excerpt_words"}
MESSAGE_MAX_CHARACTERS = 4000
MESSAGES_PER_MINUTE = env.int("MESSAGES_PER_MINUTE", default=30)  # per person
MESSAGE_EDIT_MINUTES = 15  # how long a sender can edit a message
MESSAGE_WITHDRAW_HOURS = 24  # how long a sender can withdraw a message
MESSAGE_CHANGES_PER_MINUTE = env.int("MESSAGE_CHANGES_PER_MINUTE", default=30)  # per person
REACTIONS_PER_MINUTE = env.int("REACTIONS_PER_MINUTE", default=60)  # per person
NOTE_MAX_CHARACTERS = 4000  # of a team's internal note
NOTES_PER_MINUTE = env.int("NOTES_PER_MINUTE", default=30)  # per person
NOTE_PAGE_SIZE = 200  # notes in one response and on one page of a conversation, at most
CONVERSATIONS_PER_HOUR = env.int("CONVERSATIONS_PER_HOUR", default=5)  # new ones, per person
TYPING_FRAMES_PER_MINUTE = env.int("TYPING_FRAMES_PER_MINUTE", default=60)  # per person
PRESENCE_CHOICES_PER_HOUR = env.int("PRESENCE_CHOICES_PER_HOUR", default=60)  # per person
PRESENCE_SECONDS = 60  # how long a shop's member counts as there after being active
PRESENCE_CHECK_SECONDS = 5.0  # how often each process checks who is there
PRESENCE_PAUSE_SECONDS = 0.5  # the least time between two checks when something changes
BLOCKS_PER_HOUR = env.int("BLOCKS_PER_HOUR", default=60)  # blocks and unblocks, per person
DISMISSALS_PER_MINUTE = env.int("DISMISSALS_PER_MINUTE", default=60)  # of warnings, per person
LINK_HOSTS_SECONDS = 20.0  # how old a process's list of link hosts may be; at least 15
LOOKING_FRAMES_PER_MINUTE = env.int("LOOKING_FRAMES_PER_MINUTE", default=120)  # per person
LOOKING_REPEAT_SECONDS = 10  # how often a browser repeats that its user looks, replies or notes
LOOKING_EXPIRES_SECONDS = 25  # after which colleagues' pages hide it, unless it is repeated
LAST_ACTIVE_KEEP_DAYS = 1
# Reminders: how long a side waits before it may remind the other one, and how often it may.
NUDGE_AFTER_HOURS = 24
NUDGE_AGAIN_HOURS = 24
NUDGES_PER_HOUR = env.int("NUDGES_PER_HOUR", default=20)  # per person, in all conversations
NUDGES_KEEP_DAYS = 30
CLAIM_MINUTES = 10  # how long a claim on a case lasts, unless the case's page renews it
HELD_MESSAGES_KEEP_DAYS = 200  # after the decision; its sender can appeal for 6 months
# For people limited by staff: new conversations, and messages to shops that haven't answered.
LIMITED_CONVERSATIONS_PER_DAY = env.int("LIMITED_CONVERSATIONS_PER_DAY", default=1)
LIMITED_MESSAGES_PER_DAY = 10
APPEAL_MONTHS = 6  # how long a person can appeal against a staff decision
SANCTION_DAYS_MAX = 366  # of a mute or a limit, which always end
REPORTS_PER_HOUR = env.int("REPORTS_PER_HOUR", default=20)  # per person
VISITOR_REPORTS_PER_HOUR = env.int("VISITOR_REPORTS_PER_HOUR", default=10)  # per network address
VISITOR_REPORTS_PER_HOUR_AND_IPV6_SITE = env.int(  # the same for an IPv6 /48
    "VISITOR_REPORTS_PER_HOUR_AND_IPV6_SITE", default=50
)
REPORT_MAILS_PER_DAY = env.int("REPORT_MAILS_PER_DAY", default=5)  # receipts, per email address
VISITOR_REPORTS_KEEP_DAYS = 365  # after the decision
STAFF_LOOK_MINUTES = 15  # how long a recorded look lets staff read a thread
LOOKS_SHOWN_AFTER_HOURS = 24  # how soon, at the earliest, both sides see that staff looked
LOOKS_QUIET_DAYS_MAX = 90  # how far ahead staff may put that off, for one case
LOOKS_KEEP_DAYS = 400  # once both sides may see them
LOOKS_PAGE_SIZE = 50
# Per visitor. The login sends all of them, so there are no more than CONVERSATIONS_PER_HOUR.
KEPT_QUESTIONS_MAX = 5
MESSAGE_PAGE_SIZE = 200  # messages in one response, at most
HISTORY_PAGE_SIZE = 40  # messages drawn with the page and per scroll upwards
UNREAD_NEAR_MESSAGES = 400  # a conversation opens at the first unread message, if no further back
MESSAGE_SEARCH_PAGE_SIZE = 20  # results of a search in one conversation
CONVERSATION_PAGE_SIZE = 25
CONTEXT_CONVERSATIONS_MAX = 5  # other conversations of the shopper, beside one
SAVED_REPLIES_PER_SHOP = 300
SAVED_REPLIES_PER_PERSON = 100
SAVED_REPLY_FILES_BYTES = 200 * 1024**2  # of all of a shop's replies, and of all of a person's
SAVED_VIEWS_PER_SHOP = 20
SAVED_VIEWS_PER_PERSON = 20
SAVED_REPLY_MAX_CHARACTERS = 3000  # with variables, so that the filled text fits into a message
SAVED_REPLY_USES_PER_MINUTE = env.int("SAVED_REPLY_USES_PER_MINUTE", default=60)  # per person
# Finds past answers to a question; a subclass of `messaging.suggestions.base.Suggester`.
MESSAGING_SUGGESTER = "messaging.suggestions.fulltext.FullTextSuggester"
SUGGESTIONS_PER_MINUTE = env.int("SUGGESTIONS_PER_MINUTE", default=120)  # per person
# Per person. High, because an open list repeats its search whenever a conversation in it changes.
CONVERSATION_SEARCHES_PER_MINUTE = env.int("CONVERSATION_SEARCHES_PER_MINUTE", default=240)
# Visitors' questions before they log in, per network address: each one is a session of 15 KB.
KEPT_QUESTIONS_PER_HOUR = env.int("KEPT_QUESTIONS_PER_HOUR", default=60)
KEPT_QUESTIONS_PER_HOUR_AND_IPV6_SITE = env.int(  # the same for an IPv6 /48
    "KEPT_QUESTIONS_PER_HOUR_AND_IPV6_SITE", default=300
)
# Send later: how many messages may wait, how far ahead, and how long they are kept afterwards.
SCHEDULED_PER_CONVERSATION = 20  # waiting or failed
SCHEDULED_PER_PERSON = 500  # waiting
SCHEDULED_PER_HOUR = env.int("SCHEDULED_PER_HOUR", default=300)  # written, per person
SCHEDULED_MAX_DAYS = 366
SCHEDULED_MORNING_HOUR = 9  # "tomorrow morning", in the reader's time zone
SCHEDULED_DONE_KEEP_DAYS = 7  # sent or cancelled
SCHEDULED_FAILED_KEEP_DAYS = 90  # not sent, and shown to the team until then
ACTS_PER_MINUTE = env.int("ACTS_PER_MINUTE", default=300)  # on conversations in lists, per person
ACT_CONVERSATIONS_MAX = 1000  # in one action
UNDO_SECONDS = 10  # how long a page offers to undo an action
UNDO_GRACE_SECONDS = 20  # how much longer the server accepts it, for slow networks
SNOOZE_MAX_DAYS = 366
LABELS_MAX = 50  # per shop
LABEL_MAX_CHARACTERS = 30
FIGURES_DAYS = (7, 30, 90)  # the periods to choose from
FIGURES_DAYS_MAX = 90
FIGURES_KEEP_DAYS = 120  # how long waits are kept
FIGURES_REFRESH_MINUTES = 60  # how old a shop's usual reply time may be
FIGURES_ROWS_MAX = 20  # products, colleagues, late answers on the page
FIGURES_CSV_ROWS_MAX = 5000
SOCKET_PATH = "/ws/"  # path of the socket in your ASGI application
SOCKET_OPEN_CONVERSATIONS = 20  # per socket
SOCKET_MARKS_WAITING_MAX = 20  # read marks per socket; with more, its next frame waits
SOCKET_SENDS_REMEMBERED = 64  # per socket: being stored, or to be repeated by the client
# Age from which a browser asks before it sends a message that was written and never sent.
OUTBOX_ASK_AFTER_SECONDS = env.int("OUTBOX_ASK_AFTER_SECONDS", default=24 * 60 * 60)

# -- Files -----------------------------------------------------------------------------------------

MESSAGE_FILES_MAX = 6
FILE_MAX_BYTES = IMAGE_MAX_BYTES
FILE_UPLOAD_MAX_BYTES = FILE_MAX_BYTES + 1024 * 1024  # of the request; nginx has the same limit
# Of a form without JavaScript, which sends all files of a message together; nginx has it, too.
FILE_FORM_MAX_BYTES = MESSAGE_FILES_MAX * FILE_MAX_BYTES + 1024 * 1024
FILES_PER_HOUR = env.int("FILES_PER_HOUR", default=300)  # uploads per person
FILES_PER_PERSON = env.int("FILES_PER_PERSON", default=2000)
FILES_PER_PERSON_BYTES = env.int("FILES_PER_PERSON_BYTES", default=500 * 1024 * 1024)
UNSENT_FILES_KEEP_HOURS = 24  # after an upload, or after a draft with the file was last open
HIDDEN_FILES_KEEP_DAYS = 30  # of removed messages, only for staff
# Scans each upload: a subclass of `messaging.files.scanner.Scanner`, see docs/files.md.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
# nginx's `internal` location of the storage "private", such as /private-files/; empty without it.
FILE_ACCEL_PREFIX = env.str("FILE_ACCEL_PREFIX", default="")

# -- Exports of conversations ----------------------------------------------------------------------

EXPORT_DIRECT_MESSAGES = 500  # with more, an export is prepared in the background
EXPORT_DIRECT_BYTES = 20 * 1024 * 1024  # the same for the size of all its files
EXPORTS_PER_DAY = env.int("EXPORTS_PER_DAY", default=20)  # per person
EXPORT_HOURS = 24  # how long the link to a prepared export works
EXPORT_THREADS = 2  # per process, which read the files of exports that are sent directly
EXPORT_LEASE_SECONDS = 120  # without a sign of life, after which another process takes over
EXPORT_RETRY_SECONDS = 30  # after a failed attempt
EXPORT_ATTEMPTS_MAX = 3
EXPORT_PAUSE_SECONDS = 0.1  # after every 200 messages, for the process's other work
# The parts of a person's download of all their data, see `trato/personal_data.py`.
PERSONAL_DATA_PARTS = ["messaging.personal_data.PART", "notifications.personal_data.PART"]

# -- The rule lab, see `messaging.rule_lab` --------------------------------------------------------

RULE_LAB_DAYS = 30  # of messages that a dry run covers
RULE_LAB_RUNS_PER_DAY = env.int("RULE_LAB_RUNS_PER_DAY", default=50)  # per person
RULE_LAB_SAMPLES = 20  # messages that a dry run keeps, so that staff can read them
RULE_LAB_NAMED_MAX = 50_000  # people and conversations that it counts; then it says "more than"
RULE_LAB_BATCH_KEYS = 2000  # messages read at a time
RULE_LAB_PAUSE_SECONDS = 0.01  # after each batch, for the process's other work
RULE_LAB_SLICE_SECONDS = 2.0  # after which a dry run stores its progress
RULE_LAB_LEASE_SECONDS = 60  # without a sign of life, after which another process takes over
RULE_LAB_RETRY_SECONDS = 10  # after a failed attempt
RULE_LAB_ATTEMPTS_MAX = 3  # per slice
RULE_LAB_KEEP_DAYS = 30

# -- Opening hours -------------------------------------------------------------------------------

OPENING_SPANS_PER_DAY = 6
DAYS_OFF_MAX = 200  # per shop; past ones are kept for a while, see below
DAYS_OFF_AHEAD_DAYS = 730  # how far ahead a day off may be
DAYS_OFF_KEEP_DAYS = 400  # past ones, for the shop's figures

# -- Automatic answers of shops that are away ----------------------------------------------------

AWAY_ANSWER_WITHIN_SECONDS = 3600  # older messages get no automatic reply
AWAY_QUIET_SECONDS = 3600  # without automatic replies after a message from the shop
AWAY_ANSWERS_KEEP_DAYS = 7  # of the record that a conversation got one; at least 2

# -- What is due, see `messaging.due` -------------------------------------------------------------

DUE_SECONDS = 5.0  # between two rounds in each process
DUE_PAUSE_SECONDS = 0.2  # before a round that `wake` asked for, to collect more work
MODERATION_MONTHS_LATER = 12  # how many months back missing figures are still stored
SELDOM_SECONDS = 60.0  # between two rounds of work that isn't urgent
LEISURE_BUSY_SHARE = 0.25  # of a core; a process that uses more puts work off
LEISURE_LATEST_SECONDS = 600.0  # how long it puts work off, at most
LEISURE_CORE_SHARE = 0.05  # of a core, the most that such work may use in each process
DUE_BATCH_MAX = 50  # items that a sweep handles per call

# -- Sends of the sockets, in batches ------------------------------------------------------------

SEND_BATCH_MAX = 64  # messages per statement
READ_MARK_BATCH_MAX = 256  # read marks per statement
READ_MARK_PAUSE_SECONDS = 0.25  # between two batches of read marks in one process
SEND_STALL_SECONDS = 0.1  # how long a batch may take before others overtake it
SEND_BATCHES_AT_ONCE = 2  # per process; each has its own connection to PostgreSQL
# Before retrying a conversation whose rows were locked; doubles up to SEND_STALL_SECONDS.
SEND_LOCK_PAUSE_SECONDS = 0.005

# -- The shield's rules, see `messaging.rules` -----------------------------------------------------

SHIELD_RULES_MAX_SECONDS = 30  # how old a process's copy of the rules may be
SHIELD_PATTERN_MAX_CHARACTERS = 500
SHIELD_PATTERN_MAX_SIZE = 2000  # steps of a compiled pattern
SHIELD_PATTERNS_MAX = 50  # own patterns
SHIELD_PATTERNS_MAX_BYTES = 16 * 1024**2  # of memory for an automaton
SHIELD_FIGURES_DAYS = 30  # over which the list of rules counts hits
SHIELD_HITS_KEEP_DAYS = 400
RULE_OVERTURN_SHARE = 0.2  # overturned share of judged hits that makes a rule review-only
RULE_OVERTURN_LEAST = 20  # judged hits; with fewer, the share means nothing
RULE_OVERTURN_DAYS = 30  # both are counted within them
OBJECTIONS_KEEP_DAYS = 400  # also how long an allowed text isn't questioned again

# -- Recalls of scams, see `messaging.recall` ------------------------------------------------------

RECALL_DAYS = 30  # how old the copies of a scam may be that a recall finds
RECALL_MOST = 100  # messages per recall, because it locks all their conversations together
RECALL_SEARCH_MINUTES = 60  # how long a recorded search shows staff its matches
TRACES_BATCH_MAX = 100  # messages that the sweep reads in one transaction
SIMILAR_CANDIDATES_MAX = 300  # messages whose text a search compares, per band
TRACES_DELAY_SECONDS = 5  # until all transactions that began before a message have ended

# -- Texts that are nearly the same, see `messaging.similar` ---------------------------------------

SIMILAR_LEAST_CHARACTERS = 40  # letters; everybody sends shorter texts, such as greetings
SIMILAR_LEAST_PERCENT = 80  # of the letters, which both texts have in the same order

# -- Spam, and trust that grows, see `messaging.trust` ---------------------------------------------

TRUST_NEW_DAYS = 7  # how long an account is new
TRUST_GOOD_DAYS = 90  # the minimum age of a known-good person's account
TRUST_GOOD_SHOPS = 5  # shops that have replied to a known-good person, at least
SPAM_WINDOW_HOURS = 24  # in which the following are counted
SPAM_SAME_TEXT_SHOPS = 4  # shops that get nearly the same text from a person before it is held
SPAM_SAME_TEXT_SHOPS_OF_NEW = 2  # the same for a new account
SPAM_SHOPS = 20  # that a person writes to; the first message to the next one is held
SPAM_SHOPS_OF_NEW = 8  # the same for a new account
SPAM_COMPARED_MAX = 500  # of a person's newest messages, with which a new one is compared
