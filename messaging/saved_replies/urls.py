from django.urls import path

from . import views

urlpatterns = [
    path("saved-replies/", views.reply_list, name="saved_replies"),
    path("saved-replies/new/", views.new, name="new_saved_reply"),
    path("saved-replies/files/<int:file_id>/", views.file, name="saved_reply_file"),
    path("saved-replies/<int:reply_id>/", views.edit, name="saved_reply"),
    path("saved-replies/<int:reply_id>/delete/", views.delete, name="delete_saved_reply"),
    path(
        "conversation/<int:conversation_id>/saved-replies/",
        views.for_conversation,
        name="conversation_saved_replies",
    ),
    path(
        "conversation/<int:conversation_id>/saved-replies/<int:reply_id>/use/",
        views.use,
        name="use_saved_reply",
    ),
]
