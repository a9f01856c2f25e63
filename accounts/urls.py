from django.urls import path

from accounts.views.reading import reading_edit

urlpatterns = [
    path("reading/", reading_edit, name="reading_edit"),
]
