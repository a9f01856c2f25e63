"""Addresses of mentorship."""

from django.urls import path

from mentorship.views import availability, help_entry, pairing, profile, program, refusal, timetable, tool, verification

urlpatterns = [
    path("programs/", program.program_list, name="program_list"),
    path("programs/new/", program.program_create, name="program_create"),
    path("programs/<int:pk>/", program.program_detail, name="program_detail"),
    path("programs/<int:pk>/people/", program.participant_add, name="participant_add"),
    path("participants/<int:pk>/remove/", program.participant_remove, name="participant_remove"),
    path("programs/<int:pk>/pairs/new/", pairing.pairing_create, name="pairing_create"),
    path("pairs/<int:pk>/close/", pairing.pairing_close, name="pairing_close"),
    path("people/timetable/", timetable.timetable_import, name="timetable_import"),
    path("people/timetable/confirm/", timetable.timetable_confirm, name="timetable_confirm"),
    path("people/<int:pk>/free/", availability.availability_edit, name="availability_edit"),
    path("people/<int:pk>/free/days/", availability.availability_day_add, name="availability_day_add"),
    path("free-days/<int:pk>/remove/", availability.availability_day_remove, name="availability_day_remove"),
    path("people/<int:pk>/mentor/", profile.mentor_edit, name="mentor_edit"),
    path("rather-not/", refusal.refusal_list, name="refusal_list"),
    path("rather-not/<int:pk>/back/", refusal.refusal_take_back, name="refusal_take_back"),
    path("tools/", tool.tool_list, name="tool_list"),
    path("tools/usual/", tool.tool_install, name="tool_install"),
    path("log/", help_entry.help_entry_list, name="help_entry_list"),
    path("log/verify/", verification.help_entry_verify_many, name="help_entry_verify_many"),
    path("log/<int:pk>/", help_entry.help_entry_detail, name="help_entry_detail"),
    path("log/<int:pk>/edit/", help_entry.help_entry_edit, name="help_entry_edit"),
    path("log/<int:pk>/discard/", help_entry.help_entry_discard, name="help_entry_discard"),
    path("log/<int:pk>/verify/", verification.help_entry_verify, name="help_entry_verify"),
    path("log/<int:pk>/change/", verification.help_entry_change, name="help_entry_change"),
    path("log/<int:pk>/deny/", verification.help_entry_deny, name="help_entry_deny"),
]
