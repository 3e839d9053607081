from django.urls import path

from . import label_views, views

urlpatterns = [
    path("conversations/acts/", views.acts, name="acts"),
    path("conversations/acts/choices/", views.choices, name="act_choices"),
    path("conversations/muted/", views.muted, name="muted"),
    path("conversations/labels/", label_views.label_list, name="labels"),
]
