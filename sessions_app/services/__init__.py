"""Acts that take, move or free time. Every path to a Hold goes through here."""

from sessions_app.services.booking import book_mentor, cancel_booking, decline_booking, move_booking
from sessions_app.services.booking_replace import replace_mentor
from sessions_app.services.booking_series import book_series, cancel_series, look_at_dates
from sessions_app.services.charge import ChargeClash, name_coordinator, pass_playgrounds
from sessions_app.services.help_log import log_help, note_walk_up
from sessions_app.services.holds import TimeTaken
from sessions_app.services.leaving import change_roles, close_account, close_plain_account
from sessions_app.services.meeting import (
    finish_meeting,
    say_it_did_not_take_place,
    start_meeting,
    take_back_that_it_did_not,
)
from sessions_app.services.playground import cancel_playground, leave_playground, schedule_playground, sign_up
from sessions_app.services.playground_attendance import (
    TooManyWrongPins,
    WrongPin,
    check_in,
    check_in_by_hand,
    check_in_by_square,
    may_keep_presence,
    may_open_kiosk,
    undo_check_in,
    why_not_here,
)
from sessions_app.services.playground_change import ChangedMeanwhile, change_playground, leave_duty, place_at_stations
from sessions_app.services.playground_dates import DatesTaken
from sessions_app.services.playground_series import cancel_following, change_following, schedule_series
from sessions_app.services.playground_waitlist import join_waitlist, leave_waitlist, offer_due_places
from sessions_app.services.rules import Protected
from sessions_app.services.safety import answer_by_link, approve_text, raise_concern, withdraw_take_part

__all__ = [
    "ChangedMeanwhile",
    "ChargeClash",
    "DatesTaken",
    "Protected",
    "TimeTaken",
    "TooManyWrongPins",
    "WrongPin",
    "answer_by_link",
    "approve_text",
    "book_mentor",
    "book_series",
    "cancel_booking",
    "cancel_following",
    "cancel_playground",
    "cancel_series",
    "change_following",
    "change_playground",
    "change_roles",
    "check_in",
    "check_in_by_hand",
    "check_in_by_square",
    "close_account",
    "close_plain_account",
    "decline_booking",
    "finish_meeting",
    "join_waitlist",
    "leave_duty",
    "leave_playground",
    "leave_waitlist",
    "log_help",
    "may_keep_presence",
    "may_open_kiosk",
    "look_at_dates",
    "move_booking",
    "name_coordinator",
    "pass_playgrounds",
    "note_walk_up",
    "offer_due_places",
    "place_at_stations",
    "raise_concern",
    "say_it_did_not_take_place",
    "replace_mentor",
    "schedule_playground",
    "schedule_series",
    "sign_up",
    "start_meeting",
    "take_back_that_it_did_not",
    "undo_check_in",
    "why_not_here",
    "withdraw_take_part",
]
