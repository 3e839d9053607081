from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.notification_list, name="list"),
    path("rows/", views.notification_rows, name="rows"),
    path("<int:notification_id>/read/", views.read, name="read"),
    path("read/", views.read_all, name="read_all"),
    path("announcement/<int:announcement_id>/", views.announcement, name="announcement"),
    path(
        "announcement/<int:announcement_id>/read/",
        views.read_announcement,
        name="read_announcement",
    ),
    path("unread/", views.unread, name="unread"),
]
