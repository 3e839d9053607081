"""Another Django project with messaging: its own people, goods and partners.

`accounts`, `catalog` and `config` are not installed here. Run by `make test`, with
`DJANGO_SETTINGS_MODULE=tests.host.settings` and without the fixtures of the other tests.
"""
