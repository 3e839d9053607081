from django.urls import path

from . import views

urlpatterns = [
    path("products/<slug:slug>/contact/", views.contact, name="contact"),
    path("shops/<slug:slug>/contact/", views.contact_shop, name="contact_shop"),
]
