from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("email/", views.EmailView.as_view()),  # in front of allauth's own
    path("profile/", views.profile, name="profile"),
    path("demo-login/", views.demo_login, name="demo_login"),
]
