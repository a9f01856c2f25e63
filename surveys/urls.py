"""Addresses of studies, surveys and exports."""

from django.urls import path

from surveys import views

urlpatterns = [
    path("surveys/", views.survey_list, name="survey_list"),
    path("surveys/new/", views.study_create, name="study_create"),
    path("surveys/<int:pk>/", views.study_detail, name="study_detail"),
    path("surveys/<int:pk>/export/", views.study_export, name="study_export"),
    path("surveys/<int:pk>/export/answers.csv", views.study_export_csv, name="study_export_csv"),
    path("surveys/<int:pk>/export/codebook.csv", views.study_codebook_csv, name="study_codebook_csv"),
    path("surveys/answer/<int:pk>/", views.survey_begin, name="survey_begin"),
    path("surveys/answer/<int:pk>/questions/", views.survey_answer, name="survey_answer"),
    path("surveys/answer/<int:pk>/decline/", views.survey_decline, name="survey_decline"),
    path("surveys/answer/<int:pk>/done/", views.survey_done, name="survey_done"),
]
