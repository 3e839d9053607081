"""The settings of catalog. A unit at the end of a setting's name is its unit."""

from trato.defaults import IMAGE_MAX_BYTES, env

PRODUCT_MAX_IMAGES = 8
# Bytes of any request's body, and of a seller's product form. nginx has the same two limits.
REQUEST_MAX_BYTES = 256 * 1024
UPLOAD_MAX_BYTES = PRODUCT_MAX_IMAGES * IMAGE_MAX_BYTES + 1024 * 1024
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=8)  # per process; above that, people wait
KEPT_PICTURES_MAX = 24  # per person, from forms that were refused for another reason
KEPT_PICTURES_HOURS = 24
SIGNUP_REPEAT_SECONDS = 120  # how long a repeated sign-up counts as a second click
SUBMITTED_FORM_DAYS = 7  # how long a repeat of a form that created something is recognised
SHOP_MEMBERS_MAX = env.int("SHOP_MEMBERS_MAX", default=50)  # on a team, including people invited
SHOP_INVITATIONS_MAX = 20  # unanswered, per shop
INVITATION_DAYS = 7  # how long an invitation to a team can be accepted
EXPIRED_INVITATIONS_KEEP_DAYS = 30  # shown as expired, so that owners can invite again
# Invitation emails. STRANGER_MAILS_PER_SITE limits all emails to strangers together.
INVITATION_MAILS_PER_DAY_AND_PERSON = 30  # per inviter
INVITATION_MAILS_PER_DAY_AND_SHOP = 40
INVITATION_MAILS_PER_DAY_AND_ADDRESS = 4  # per recipient, from all shops
PRODUCTS_PER_DAY = env.int("PRODUCTS_PER_DAY", default=500)  # new ones, per person
PRODUCTS_PER_SHOP = env.int("PRODUCTS_PER_SHOP", default=20_000)
FORMER_SLUGS_PER_SHOP = 10  # earlier URLs that still lead to a shop; then no new ones
# Slugs that no shop can choose.
RESERVED_SHOP_SLUGS = ("new", "open", "edit", "search", "all", "api", "my", "me", "shop")
SHOPS_PER_PERSON = env.int("SHOPS_PER_PERSON", default=5)  # per owner
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", default=60)  # product searches, per person
