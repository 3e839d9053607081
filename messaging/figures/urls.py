from django.urls import path

from . import views

urlpatterns = [
    path("conversations/figures/", views.figures, name="figures"),
    path("conversations/figures/<int:wait_id>/contest/", views.contest, name="contest"),
]
