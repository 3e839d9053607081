"""The settings of catalog. Names that end in a unit are in that unit."""

import os

from trato.defaults import env

IMAGE_MAX_BYTES = 10 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
IMAGE_MAX_SIDE = 16_384  # pixels
IMAGE_DECODER_MAX_BYTES = 200 * 1024 * 1024  # of memory, for one picture
IMAGE_DECODER_MAX_CPU_SECONDS = 10
IMAGE_DECODER_NICE = 10  # so that a busy machine answers requests and sockets first
IMAGE_DECODER_MAX_SECONDS = 60  # by the clock; then the machine has no time for it
# Per process, each on a core of its own. Daphnes that share a machine share its cores too.
IMAGE_DECODERS = env.int("IMAGE_DECODERS", default=os.cpu_count() or 1)
IMAGE_QUEUE_MAX = env.int("IMAGE_QUEUE_MAX", default=16)  # forms that wait, per process
IMAGE_QUEUE_SECONDS = 20  # that a form waits at most
IMAGE_FORMS_AT_ONCE = 2  # of one person, waiting or being decoded
PRODUCT_MAX_IMAGES = 8
# Bytes of any request's body, and of a seller's product form. nginx has the same two limits.
REQUEST_MAX_BYTES = 256 * 1024
UPLOAD_MAX_BYTES = PRODUCT_MAX_IMAGES * IMAGE_MAX_BYTES + 1024 * 1024
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=8)  # per process; others are told to wait
KEPT_PICTURES_MAX = 24  # per person, of forms that were refused for something else
KEPT_PICTURES_HOURS = 24
SIGNUP_REPEAT_SECONDS = 120  # that the same sign-up is taken for a second click
SUBMITTED_FORM_DAYS = 7  # how long a form that created something is known when it comes again
SHOP_INVITATIONS_MAX = 20  # per shop, that nobody has answered yet
PICTURES_PER_HOUR = env.int("PICTURES_PER_HOUR", default=300)  # per person
PRODUCTS_PER_DAY = env.int("PRODUCTS_PER_DAY", default=500)  # new ones, per person
PRODUCTS_PER_SHOP = env.int("PRODUCTS_PER_SHOP", default=20_000)
SHOPS_PER_PERSON = env.int("SHOPS_PER_PERSON", default=5)  # that one owns
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", default=60)  # of products, per person
