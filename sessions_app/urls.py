"""Bookings, playgrounds, the calendar, and the acts that also free time."""

from django.urls import path

from sessions_app.views.booking import booking_cancel, booking_decline, booking_detail, booking_log, booking_move
from sessions_app.views.calendar import calendar, calendar_events
from sessions_app.views.consent import consent_text_approve
from sessions_app.views.finding import booking_create, booking_find
from sessions_app.views.guardian import guardian_consent, guardian_link
from sessions_app.views.people import (
    coordinator_name,
    leaving_decide,
    leaving_list,
    person_end,
    person_roles,
    person_take_back,
)
from sessions_app.views.playground import (
    playground_cancel,
    playground_create,
    playground_detail,
    playground_leave,
    playground_sign_up,
)
from sessions_app.views.playground_change import playground_change, playground_duty_leave, playground_stations
from sessions_app.views.playground_series import playground_series_create
from sessions_app.views.rules import school_booking_rules
from sessions_app.views.safety import concern_raise, consent_withdraw
from sessions_app.views.time_zone import school_time_zone

urlpatterns = [
    path("school/booking/", school_booking_rules, name="school_booking_rules"),
    path("school/time-zone/", school_time_zone, name="school_time_zone"),
    path("people/coordinator/", coordinator_name, name="coordinator_name"),
    path("people/leaving/", leaving_list, name="leaving_list"),
    path("people/leaving/decide/", leaving_decide, name="leaving_decide"),
    path("people/<int:pk>/roles/", person_roles, name="person_roles"),
    path("people/<int:pk>/end/", person_end, name="person_end"),
    path("people/<int:pk>/back/", person_take_back, name="person_take_back"),
    path("calendar/", calendar, name="calendar"),
    path("calendar/events/", calendar_events, name="calendar_events"),
    path("playgrounds/new/", playground_create, name="playground_create"),
    path("playgrounds/weekly/", playground_series_create, name="playground_series_create"),
    path("playgrounds/<int:pk>/", playground_detail, name="playground_detail"),
    path("playgrounds/<int:pk>/change/", playground_change, name="playground_change"),
    path("playgrounds/<int:pk>/stations/", playground_stations, name="playground_stations"),
    path("playgrounds/<int:pk>/duty/leave/", playground_duty_leave, name="playground_duty_leave"),
    path("playgrounds/<int:pk>/cancel/", playground_cancel, name="playground_cancel"),
    path("playgrounds/<int:pk>/join/", playground_sign_up, name="playground_sign_up"),
    path("playgrounds/<int:pk>/leave/", playground_leave, name="playground_leave"),
    path("book/", booking_find, name="booking_find"),
    path("book/new/", booking_create, name="booking_create"),
    path("bookings/<int:pk>/", booking_detail, name="booking_detail"),
    path("bookings/<int:pk>/move/", booking_move, name="booking_move"),
    path("bookings/<int:pk>/cancel/", booking_cancel, name="booking_cancel"),
    path("bookings/<int:pk>/decline/", booking_decline, name="booking_decline"),
    path("bookings/<int:pk>/log/", booking_log, name="booking_log"),
    path("people/<int:pk>/consent/withdraw/", consent_withdraw, name="consent_withdraw"),
    path("school/texts/<int:pk>/approve/", consent_text_approve, name="consent_text_approve"),
    path("guardian/", guardian_consent, name="guardian_consent"),
    path("guardian/<str:secret>/", guardian_link, name="guardian_link"),
    path("help/", concern_raise, name="concern_raise"),
]
