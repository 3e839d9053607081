"""Another Django project with messaging in it: its own people, goods and partners.

Nothing of `accounts`, `catalog` or `config` is installed here. Run by `make test`, with
`DJANGO_SETTINGS_MODULE=tests.host.settings` and without the fixtures of the other tests.
"""
