from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from . import entrance_views, views

app_name = "accounts"
urlpatterns = [
    path("email/", views.EmailView.as_view()),  # in front of allauth's own
    path("profile/", views.profile, name="profile"),
    path("demo-login/", views.demo_login, name="demo_login"),
    # In place of allauth's pages at the same addresses, whose names keep leading here.
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        entrance_views.ConfirmAddress.as_view(),
        name="confirm_address",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        entrance_views.ChoosePassword.as_view(),
        name="choose_password",
    ),
    path("sessions/", entrance_views.Sessions.as_view(), name="sessions"),
    # An account without a password gets one by mail, not through its session alone.
    path(
        "password/set/",
        never_cache(RedirectView.as_view(pattern_name="account_reset_password")),
        name="set_password",
    ),
]
