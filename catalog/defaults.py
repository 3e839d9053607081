"""The settings of catalog. A unit at the end of a name is the setting's unit."""

import os

from trato.defaults import env

IMAGE_MAX_BYTES = 10 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
IMAGE_MAX_SIDE = 16_384  # pixels
IMAGE_DECODER_MAX_BYTES = 200 * 1024 * 1024  # of memory per picture
IMAGE_DECODER_MAX_CPU_SECONDS = 10
IMAGE_DECODER_NICE = 10  # so that a busy machine handles requests and sockets first
IMAGE_DECODER_MAX_SECONDS = 60  # wall-clock time; then the machine is too busy
# Per process, each on its own core. Several Daphnes on one machine share its cores.
IMAGE_DECODERS = env.int("IMAGE_DECODERS", default=os.cpu_count() or 1)
IMAGE_QUEUE_MAX = env.int("IMAGE_QUEUE_MAX", default=16)  # waiting forms per process
IMAGE_QUEUE_SECONDS = 20  # how long a form waits at most
IMAGE_FORMS_AT_ONCE = 2  # per person, waiting or being decoded
PRODUCT_MAX_IMAGES = 8
# Bytes of any request's body, and of a seller's product form. nginx has the same two limits.
REQUEST_MAX_BYTES = 256 * 1024
UPLOAD_MAX_BYTES = PRODUCT_MAX_IMAGES * IMAGE_MAX_BYTES + 1024 * 1024
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=8)  # per process; above that, people wait
KEPT_PICTURES_MAX = 24  # per person, from forms that were refused for another reason
KEPT_PICTURES_HOURS = 24
SIGNUP_REPEAT_SECONDS = 120  # how long a repeated sign-up counts as a second click
SUBMITTED_FORM_DAYS = 7  # how long a form that created something is recognised when it is repeated
SHOP_INVITATIONS_MAX = 20  # unanswered, per shop
PICTURES_PER_HOUR = env.int("PICTURES_PER_HOUR", default=300)  # per person
PRODUCTS_PER_DAY = env.int("PRODUCTS_PER_DAY", default=500)  # new ones, per person
PRODUCTS_PER_SHOP = env.int("PRODUCTS_PER_SHOP", default=20_000)
SHOPS_PER_PERSON = env.int("SHOPS_PER_PERSON", default=5)  # per owner
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", default=60)  # of products, per person
