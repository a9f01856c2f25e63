from django.urls import path

from accounts.views.card_use import card_link, card_open, card_password
from accounts.views.concern import concern_detail, concern_list
from accounts.views.consent import consent_correct, consent_record, consent_take_back
from accounts.views.consent_board import consent_batch, consent_board, consent_chase, consent_letter_print
from accounts.views.consent_text import consent_text_edit, consent_text_list
from accounts.views.hat import role_switch
from accounts.views.joining import join, join_link
from accounts.views.learner_flags import flag_grant, flag_grant_end, flag_read_list, flags_edit, flags_own
from accounts.views.message import message_cancel, message_list, message_resend, message_resend_failed
from accounts.views.message_choice import my_messages
from accounts.views.own_consent import my_consent_give, my_consent_list, my_consent_withdraw
from accounts.views.people import (
    invite_many,
    person_create,
    person_detail,
    person_edit,
    person_invite,
    person_list,
)
from accounts.views.reading import reading_edit
from accounts.views.roster import roster_discard, roster_preview, roster_stop, roster_upload
from accounts.views.roster_template import roster_template, roster_template_sheet
from accounts.views.school import room_create, room_edit, room_list
from accounts.views.school_class import class_create, class_delete, class_edit, class_list
from accounts.views.school_settings import school_general, school_limits, school_reminders, school_settings
from accounts.views.session import my_sessions_end, person_sessions_end
from accounts.views.sign_in import second_factor_reset, sign_in_settings
from accounts.views.sign_in_card import card_list, card_print, lock_out_clear
from accounts.views.trail import trail_list
from accounts.views.who_reads import who_reads

urlpatterns = [
    path("who-reads-what/", who_reads, name="who_reads"),
    path("school/sign-in/", sign_in_settings, name="sign_in_settings"),
    path("people/<int:pk>/second-factor/", second_factor_reset, name="second_factor_reset"),
    path("join/", join, name="join"),
    path("join/<str:secret>/", join_link, name="join_link"),
    path("card/", card_open, name="card_open"),
    path("card/password/", card_password, name="card_password"),
    path("card/<str:secret>/", card_link, name="card_link"),
    path("reading/", reading_edit, name="reading_edit"),
    path("messages/", message_list, name="message_list"),
    path("messages/resend/", message_resend_failed, name="message_resend_failed"),
    path("messages/<int:pk>/resend/", message_resend, name="message_resend"),
    path("messages/<int:pk>/cancel/", message_cancel, name="message_cancel"),
    path("people/", person_list, name="person_list"),
    path("people/new/", person_create, name="person_create"),
    path("people/invite/", invite_many, name="invite_many"),
    path("people/<int:pk>/", person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", person_edit, name="person_edit"),
    path("people/<int:pk>/invite/", person_invite, name="person_invite"),
    path("people/<int:pk>/consent/", consent_record, name="consent_record"),
    path("people/cards/", card_list, name="card_list"),
    path("people/cards/print/", card_print, name="card_print"),
    path("people/<int:pk>/unlock/", lock_out_clear, name="lock_out_clear"),
    path("consents/", consent_board, name="consent_board"),
    path("consents/papers/", consent_batch, name="consent_batch"),
    path("consents/ask/", consent_chase, name="consent_chase"),
    path("consents/letters/", consent_letter_print, name="consent_letter_print"),
    path("consents/<int:pk>/correct/", consent_correct, name="consent_correct"),
    path("consents/<int:pk>/take-back/", consent_take_back, name="consent_take_back"),
    path("people/roster/", roster_upload, name="roster_upload"),
    path("people/roster/empty.csv", roster_template, name="roster_template"),
    path("people/roster/empty.xlsx", roster_template_sheet, name="roster_template_sheet"),
    path("people/roster/<int:pk>/", roster_preview, name="roster_preview"),
    path("people/roster/<int:pk>/stop/", roster_stop, name="roster_stop"),
    path("people/roster/<int:pk>/discard/", roster_discard, name="roster_discard"),
    path("people/<int:pk>/sign-out/", person_sessions_end, name="person_sessions_end"),
    path("me/sessions/end/", my_sessions_end, name="my_sessions_end"),
    path("me/hat/", role_switch, name="role_switch"),
    path("me/messages/", my_messages, name="my_messages"),
    path("me/consents/", my_consent_list, name="my_consent_list"),
    path("me/consents/<int:pk>/", my_consent_give, name="my_consent_give"),
    path("me/consents/<int:pk>/withdraw/", my_consent_withdraw, name="my_consent_withdraw"),
    path("classes/", class_list, name="class_list"),
    path("classes/new/", class_create, name="class_create"),
    path("classes/<int:pk>/", class_edit, name="class_edit"),
    path("classes/<int:pk>/delete/", class_delete, name="class_delete"),
    path("school/rooms/", room_list, name="room_list"),
    path("school/rooms/new/", room_create, name="room_create"),
    path("school/rooms/<int:pk>/", room_edit, name="room_edit"),
    path("school/settings/", school_settings, name="school_settings"),
    path("school/general/", school_general, name="school_general"),
    path("school/reminders/", school_reminders, name="school_reminders"),
    path("school/limits/", school_limits, name="school_limits"),
    path("school/texts/", consent_text_list, name="consent_text_list"),
    path("school/texts/<int:pk>/", consent_text_edit, name="consent_text_edit"),
    path("people/<int:pk>/learner/", flags_edit, name="flags_edit"),
    path("me/learner/", flags_own, name="flags_own"),
    path("school/flags/", flag_read_list, name="flag_read_list"),
    path("school/flags/grant/", flag_grant, name="flag_grant"),
    path("school/flags/<int:pk>/end/", flag_grant_end, name="flag_grant_end"),
    path("trail/", trail_list, name="trail_list"),
    path("concerns/", concern_list, name="concern_list"),
    path("concerns/<int:pk>/", concern_detail, name="concern_detail"),
]
