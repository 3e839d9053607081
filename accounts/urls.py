from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from . import allauth_views, deletion_views, profile_views, session_views, views

app_name = "accounts"
urlpatterns = [
    path("email/", views.EmailView.as_view()),  # take precedence over allauth's
    path("profile/", profile_views.profile, name="profile"),
    path("profile/picture/", profile_views.picture, name="picture"),
    path("inactive/", views.suspended),
    path("delete/", deletion_views.delete, name="delete"),
    path("deleted/", deletion_views.deleted, name="deleted"),
    path("demo-login/", views.demo_login, name="demo_login"),
    # Replacements for allauth's pages at the same URLs; allauth's names still resolve to them.
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        allauth_views.ConfirmAddress.as_view(),
        name="confirm_address",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.ChoosePassword.as_view(),
        name="choose_password",
    ),
    path("2fa/totp/deactivate/", allauth_views.DeactivateApp.as_view(), name="deactivate_app"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/", allauth_views.RemoveKey.as_view(), name="remove_key"
    ),
    path("sessions/", session_views.Sessions.as_view(), name="sessions"),
    # People without a password choose one by email; having a session is not enough.
    path(
        "password/set/",
        never_cache(RedirectView.as_view(pattern_name="account_reset_password")),
        name="set_password",
    ),
]
