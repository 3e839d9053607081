from django.urls import path

from . import views

urlpatterns = [path("conversations/away/", views.away, name="away")]
