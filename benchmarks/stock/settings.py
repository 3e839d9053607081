"""Trato's server and kind of layer, and nothing else."""

import environ

env = environ.Env()

DEBUG = False
SECRET_KEY = "only-for-measuring"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS = ["daphne", "channels"]
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [env.str("REDIS_URL")]},
    },
}
