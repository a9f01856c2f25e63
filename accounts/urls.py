from django.urls import path

from accounts.views.message import message_cancel, message_list, message_resend
from accounts.views.reading import reading_edit

urlpatterns = [
    path("reading/", reading_edit, name="reading_edit"),
    path("messages/", message_list, name="message_list"),
    path("messages/<int:pk>/resend/", message_resend, name="message_resend"),
    path("messages/<int:pk>/cancel/", message_cancel, name="message_cancel"),
]
