from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from accounts.preferences import switch_language
from catalog.signup import SignupView

from . import metrics, uploads, views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon),
    path("metrics", metrics.metrics, name="metrics"),
    path("upload-allowed/", uploads.allowed, name="upload_allowed"),
    path("", include("catalog.urls")),
    path("", include("messaging.urls")),
    path("notifications/", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/signup/", SignupView.as_view(), name="account_signup"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("language/setlang/", switch_language, name="set_language"),
    path("text.js", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
