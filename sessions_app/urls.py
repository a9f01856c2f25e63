"""Bookings, playgrounds, the calendar, and the acts that also free time."""

from django.urls import path

from sessions_app.views.bells import (
    school_bell_create,
    school_bell_delete,
    school_bell_edit,
    school_bell_list,
    school_bell_times,
    school_time,
)
from sessions_app.views.booking import booking_cancel, booking_decline, booking_detail, booking_log, booking_move
from sessions_app.views.booking_replace import booking_replace
from sessions_app.views.booking_series import booking_repeat, booking_series_cancel
from sessions_app.views.calendar import booking_periods, calendar, calendar_events
from sessions_app.views.clock_time import booking_clock
from sessions_app.views.consent import consent_text_approve
from sessions_app.views.feed import feed, feed_end, feed_make, feed_page
from sessions_app.views.finding import booking_create, booking_find, unmet_wish
from sessions_app.views.for_teacher import booking_for
from sessions_app.views.guardian import guardian_consent, guardian_link
from sessions_app.views.kind_of_day import school_kind_create, school_kind_delete, school_kind_edit
from sessions_app.views.meeting import booking_finish, booking_no_show, booking_no_show_end, booking_start
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
from sessions_app.views.playground_kiosk import kiosk, kiosk_board, kiosk_square, playground_kiosk
from sessions_app.views.playground_presence import check_in_here, check_in_link, playground_check_in
from sessions_app.views.playground_series import playground_series_create
from sessions_app.views.playground_waitlist import playground_wait, playground_wait_end
from sessions_app.views.rules import school_booking_rules
from sessions_app.views.safety import concern_raise, consent_withdraw
from sessions_app.views.school_days import school_calendar, school_day_close, school_day_fill
from sessions_app.views.term_calendar import school_calendar_confirm, school_calendar_import
from sessions_app.views.time_conflict import school_conflict_list, school_conflict_resolve
from sessions_app.views.time_zone import school_time_zone
from sessions_app.views.walk_up import playground_helped

urlpatterns = [
    path("school/booking/", school_booking_rules, name="school_booking_rules"),
    path("school/time/", school_time, name="school_time"),
    path("school/bells/", school_bell_list, name="school_bell_list"),
    path("school/bells/new/", school_bell_create, name="school_bell_create"),
    path("school/bells/<int:pk>/", school_bell_edit, name="school_bell_edit"),
    path("school/bells/<int:pk>/delete/", school_bell_delete, name="school_bell_delete"),
    path("school/bells/<int:pk>/on/<int:kind>/", school_bell_times, name="school_bell_times"),
    path("school/kinds/new/", school_kind_create, name="school_kind_create"),
    path("school/kinds/<int:pk>/", school_kind_edit, name="school_kind_edit"),
    path("school/kinds/<int:pk>/delete/", school_kind_delete, name="school_kind_delete"),
    path("school/calendar/", school_calendar, name="school_calendar"),
    path("school/calendar/file/", school_calendar_import, name="school_calendar_import"),
    path("school/calendar/file/confirm/", school_calendar_confirm, name="school_calendar_confirm"),
    path("school/days/", school_day_fill, name="school_day_fill"),
    path("school/days/close/", school_day_close, name="school_day_close"),
    path("school/conflicts/", school_conflict_list, name="school_conflict_list"),
    path("school/conflicts/resolve/", school_conflict_resolve, name="school_conflict_resolve"),
    path("school/time-zone/", school_time_zone, name="school_time_zone"),
    path("people/coordinator/", coordinator_name, name="coordinator_name"),
    path("people/leaving/", leaving_list, name="leaving_list"),
    path("people/leaving/decide/", leaving_decide, name="leaving_decide"),
    path("people/<int:pk>/roles/", person_roles, name="person_roles"),
    path("people/<int:pk>/end/", person_end, name="person_end"),
    path("people/<int:pk>/back/", person_take_back, name="person_take_back"),
    path("calendar/", calendar, name="calendar"),
    path("calendar/feed/<str:secret>.ics", feed, name="feed"),
    path("me/calendar/", feed_page, name="feed_page"),
    path("me/calendar/make/", feed_make, name="feed_make"),
    path("me/calendar/end/", feed_end, name="feed_end"),
    path("calendar/events/", calendar_events, name="calendar_events"),
    path("playgrounds/new/", playground_create, name="playground_create"),
    path("playgrounds/weekly/", playground_series_create, name="playground_series_create"),
    path("playgrounds/<int:pk>/", playground_detail, name="playground_detail"),
    path("playgrounds/<int:pk>/change/", playground_change, name="playground_change"),
    path("playgrounds/<int:pk>/stations/", playground_stations, name="playground_stations"),
    path("playgrounds/<int:pk>/duty/leave/", playground_duty_leave, name="playground_duty_leave"),
    path("playgrounds/<int:pk>/cancel/", playground_cancel, name="playground_cancel"),
    path("playgrounds/<int:pk>/join/", playground_sign_up, name="playground_sign_up"),
    path("playgrounds/<int:pk>/kiosk/", playground_kiosk, name="playground_kiosk"),
    path("kiosk/", kiosk, name="kiosk"),
    path("kiosk/board/", kiosk_board, name="kiosk_board"),
    path("kiosk/square.svg", kiosk_square, name="kiosk_square"),
    path("here/", check_in_here, name="check_in_here"),
    path("here/<int:pk>/<str:secret>/", check_in_link, name="check_in_link"),
    path("playgrounds/<int:pk>/helped/", playground_helped, name="playground_helped"),
    path("playgrounds/<int:pk>/here/", playground_check_in, name="playground_check_in"),
    path("playgrounds/<int:pk>/wait/", playground_wait, name="playground_wait"),
    path("playgrounds/<int:pk>/wait/end/", playground_wait_end, name="playground_wait_end"),
    path("playgrounds/<int:pk>/leave/", playground_leave, name="playground_leave"),
    path("book/", booking_find, name="booking_find"),
    path("book/for/", booking_for, name="booking_for"),
    path("book/wish/", unmet_wish, name="unmet_wish"),
    path("book/new/", booking_create, name="booking_create"),
    path("book/clock/", booking_clock, name="booking_clock"),
    path("bookings/<int:pk>/", booking_detail, name="booking_detail"),
    path("bookings/<int:pk>/move/", booking_move, name="booking_move"),
    path("bookings/<int:pk>/periods/", booking_periods, name="booking_periods"),
    path("bookings/<int:pk>/cancel/", booking_cancel, name="booking_cancel"),
    path("bookings/<int:pk>/decline/", booking_decline, name="booking_decline"),
    path("bookings/<int:pk>/start/", booking_start, name="booking_start"),
    path("bookings/<int:pk>/finish/", booking_finish, name="booking_finish"),
    path("bookings/<int:pk>/no-show/", booking_no_show, name="booking_no_show"),
    path("bookings/<int:pk>/no-show/end/", booking_no_show_end, name="booking_no_show_end"),
    path("bookings/<int:pk>/mentor/", booking_replace, name="booking_replace"),
    path("bookings/<int:pk>/repeat/", booking_repeat, name="booking_repeat"),
    path("bookings/<int:pk>/series/cancel/", booking_series_cancel, name="booking_series_cancel"),
    path("bookings/<int:pk>/log/", booking_log, name="booking_log"),
    path("people/<int:pk>/consent/withdraw/", consent_withdraw, name="consent_withdraw"),
    path("school/texts/<int:pk>/approve/", consent_text_approve, name="consent_text_approve"),
    path("guardian/", guardian_consent, name="guardian_consent"),
    path("guardian/<str:secret>/", guardian_link, name="guardian_link"),
    path("help/", concern_raise, name="concern_raise"),
]
