from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("demo-login/", views.demo_login, name="demo_login"),
]
