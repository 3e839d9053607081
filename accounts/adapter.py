"""Where allauth asks this site."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

AFTER_LOGIN = "after_login"  # session key: the address of what a visitor has begun


class AccountAdapter(DefaultAccountAdapter):
    """Whoever logs in goes on with what they began, also where no `next` came along."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        began: str | None = request.session.get(AFTER_LOGIN)
        url: str = began or super().get_login_redirect_url(request)
        return url
