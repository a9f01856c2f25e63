"""The policy as a table: every address, and what every kind of visitor is answered there.

Visitors: C coordinator, T the teacher and S the student mentor whose row it is, T2 and S2 another teacher and another
student, A admin, X nobody (not signed in), Z somebody of another school who wears all four hats. Two wear two hats at
once: TC (a teacher, not the row's, who is coordinator too) and CA (coordinator and admin); they have no column: their
answer is the union of what their hats are answered.

How a row reads: `"name": Page(get="C200 T200 T2=404", post="C302", of=a("booking"))`.
 - Each word is a visitor and a status. Who is not named gets 403; T2 and S2 get what T and S get unless named.
 - No `get` or no `post` at all: 405. PUT, PATCH, DELETE and OPTIONS are 405 everywhere; HEAD is as GET: no words.
 - X is sent to the sign-in page unless `is_open=True`; then X needs a word like everybody else.
 - `of` gives the arguments of the address: `a("booking")` is a row of tests/world.py, `person("mentor")` and
   `of_cast("room")` are of tests/cast.py, anything else is `lambda world: {...}`. With `of`, Z gets 404.
A POST is sent with an empty body, so an allowed one says 422 (or 302 where the click alone does it).
"""

from __future__ import annotations

from tests.policy import Page, a, of_cast, person

EVERYBODY = "C200 T200 S200 A200 X200 Z200"
NOWHERE = "C404 T404 S404 A404 X404 Z404"
NOT_LET_IN = "C403 T403 S403 A403 X403 Z403"
AWAY = "C302 T302 S302 A302 X302 Z302"  # home, or back to the sign-in page
SIGNED_IN = "C200 T200 S200 A200"

PAGES: dict[str, Page] = {
    # config and sign-in
    "home": Page(get=SIGNED_IN),
    "healthz": Page(get=EVERYBODY, is_open=True),
    "account_login": Page(get="C302 T302 S302 A302 X200 Z302", post="C302 T302 S302 A302 X200 Z302", is_open=True),
    "account_logout": Page(get="C200 T200 S200 A200 X302 Z200", post="C302 T302 S302 A302 X302", is_open=True),
    "account_inactive": Page(get=EVERYBODY, is_open=True),
    "account_change_password": Page(get=SIGNED_IN, post=SIGNED_IN),
    "account_reauthenticate": Page(get=SIGNED_IN, post=SIGNED_IN),
    # The second factor: everybody's own. Before it is changed the password is asked once more (302).
    "mfa_index": Page(get=SIGNED_IN),
    "mfa_authenticate": Page(get=AWAY, post=AWAY, is_open=True),
    "mfa_reauthenticate": Page(get="C302 T302 S302 A302", post="C302 T302 S302 A302"),
    "mfa_activate_totp": Page(get="C302 T302 S302 A302", post="C302 T302 S302 A302"),
    "mfa_deactivate_totp": Page(get="C404 T404 S404 A404 Z404", post="C404 T404 S404 A404 Z404"),
    "mfa_view_recovery_codes": Page(get="C404 T404 S404 A404 Z404"),
    "mfa_generate_recovery_codes": Page(get="C302 T302 S302 A302", post="C302 T302 S302 A302"),
    "mfa_download_recovery_codes": Page(get="C404 T404 S404 A404 Z404"),
    "mfa_list_webauthn": Page(get=SIGNED_IN),
    "mfa_add_webauthn": Page(get="C302 T302 S302 A302", post="C302 T302 S302 A302"),
    "mfa_reauthenticate_webauthn": Page(get="C302 T200 S302 A302 T2=302", post="C302 T302 S302 A302"),
    "mfa_login_webauthn": Page(get=AWAY, post=AWAY, is_open=True),
    "mfa_edit_webauthn": Page(get="C404 T302 S404 A404 T2=404", post="C404 T302 S404 A404 T2=404", of=a("passkey")),
    "mfa_remove_webauthn": Page(get="C404 T302 S404 A404 T2=404", post="C404 T302 S404 A404 T2=404", of=a("passkey")),
    # Google and Microsoft: no keys are set here, so nobody finds them; what they do with keys has tests of its own.
    "google_login": Page(post=NOWHERE, is_open=True),
    "google_callback": Page(get=NOWHERE, is_open=True),
    "microsoft_login": Page(post=NOWHERE, is_open=True),
    "microsoft_callback": Page(get=NOWHERE, is_open=True),
    "socialaccount_login_error": Page(get=NOT_LET_IN, is_open=True),
    "provider_disconnect": Page(
        get="C404 T302 S404 A404 T2=404", post="C404 T302 S404 A404 T2=404", of=a("connected_account")
    ),
    "account_reset_password": Page(get=EVERYBODY, post=EVERYBODY, is_open=True),
    "account_reset_password_done": Page(get=EVERYBODY, is_open=True),
    "account_reset_password_from_key": Page(
        get=EVERYBODY, post=EVERYBODY, is_open=True, of=lambda _world: {"uidb36": "1", "key": "no-such-key"}
    ),
    "account_reset_password_from_key_done": Page(get=EVERYBODY, is_open=True),
    "my_data": Page(get=SIGNED_IN),
    "my_data_download": Page(get=SIGNED_IN),
    "erasure_ask": Page(get=SIGNED_IN, post="C302 T302 S302 A302"),
    "erasure_take_back": Page(post="C302 T302 S302 A302"),
    "erasure_list": Page(get="C200"),
    "person_erase": Page(get="C200", post="C422", of=person("mentor")),
    "retention_settings": Page(get="C200 A200", post="A422"),
    "retention_report_list": Page(get="C200 A200"),
    # accounts
    "join_link": Page(
        get=EVERYBODY.replace("200", "302"), is_open=True, of=lambda _world: {"secret": "no-such-secret"}
    ),
    "join": Page(get=EVERYBODY, post=EVERYBODY.replace("200", "422"), is_open=True),
    "card_open": Page(get=EVERYBODY, post=EVERYBODY.replace("200", "422"), is_open=True),
    "card_link": Page(
        get=EVERYBODY.replace("200", "302"), is_open=True, of=lambda _world: {"secret": "no-such-secret"}
    ),
    "card_password": Page(get=EVERYBODY, post=EVERYBODY.replace("200", "422"), is_open=True),
    "card_list": Page(get="C200"),
    "card_print": Page(post="C422"),
    "lock_out_clear": Page(post="C302 A302", of=person("teacher")),
    "who_reads": Page(get=EVERYBODY, is_open=True),
    "reading_edit": Page(get=EVERYBODY, post="C422 T422 S422 A422 X422", is_open=True),
    "person_list": Page(get="C200 A200"),
    "person_create": Page(get="C200 A200", post="C422 A422"),
    "person_detail": Page(get="C200 A200", of=person("teacher")),
    "person_edit": Page(get="A200", post="A422", of=person("teacher")),
    "person_invite": Page(post="C302 A302", of=person("teacher")),
    "person_roles": Page(get="A200", post="A422", of=person("teacher")),
    "person_end": Page(get="A200", post="A302", of=person("teacher")),
    "person_take_back": Page(post="A302", of=person("teacher")),
    "coordinator_name": Page(get="A200", post="A422"),
    "leaving_list": Page(get="C200 A200"),
    "leaving_decide": Page(post="A302"),
    "invite_many": Page(post="C302 A302"),
    "roster_upload": Page(get="C200 A200", post="C422 A422"),
    "roster_template": Page(get="C200 A200"),
    "roster_template_sheet": Page(get="C200 A200"),
    "roster_preview": Page(get="C200 A200", post="C302 A302", of=a("upload")),
    "roster_stop": Page(post="C302 A302", of=a("upload")),
    "roster_discard": Page(post="C302 A302", of=a("upload")),
    "message_list": Page(get="C200"),
    "my_messages": Page(get=SIGNED_IN, post="C422 T422 S302 A302 S2=422"),
    "message_resend_failed": Page(post="C302"),
    "message_resend": Page(post="C302", of=a("message")),
    "message_cancel": Page(post="C302", of=a("message")),
    "consent_record": Page(get="C200", post="C422", of=person("mentor")),
    "person_sessions_end": Page(post="C302 A302", of=person("teacher")),
    "role_switch": Page(post="C302 T302 S302 A302"),
    "my_sessions_end": Page(post="C302 T302 S302 A302"),
    "consent_board": Page(get="C200 A200"),
    "consent_batch": Page(get="C200", post="C422"),
    "consent_chase": Page(post="C302"),
    "consent_letter_print": Page(post="C302"),
    "consent_correct": Page(get="C200", post="C422", of=a("paper")),
    "consent_take_back": Page(get="C200", post="C302", of=a("consent")),
    "my_consent_list": Page(get=SIGNED_IN),
    "my_consent_give": Page(get="T200 S404 S2=404", post="T422 S404 S2=404", of=a("text")),
    "my_consent_withdraw": Page(get="T200 C404 S404 A404 T2=404", post="T302 C404 S404 A404 T2=404", of=a("consent")),
    "consent_text_list": Page(get="C200 A200"),
    "consent_text_edit": Page(get="C200 A200", post="C422 A422", of=a("draft_text")),
    "consent_text_approve": Page(get="C200 A200", post="C302 A302", of=a("draft_text")),
    "class_list": Page(get="C200"),
    "class_create": Page(get="C200", post="C422"),
    "class_edit": Page(get="C200", post="C422", of=a("school_class")),
    "class_delete": Page(post="C302", of=a("school_class")),
    "school_time": Page(get="C200 A200", post="C422 A422"),
    "school_bell_list": Page(get="C200 A200"),
    "school_bell_create": Page(get="C200 A200", post="C422 A422"),
    "school_bell_edit": Page(get="C200 A200", post="C422 A422", of=of_cast("bell_schedule")),
    "school_bell_delete": Page(get="C200 A200", post="C302 A302", of=of_cast("bell_schedule")),
    "school_bell_times": Page(
        get="C200 A200",
        post="C422 A422",
        of=lambda world: {"pk": world.cast.bell_schedule.pk, "kind": world.cast.day_type.pk},
    ),
    "school_kind_create": Page(get="C200 A200", post="C422 A422"),
    "school_kind_edit": Page(get="C200 A200", post="C422 A422", of=of_cast("day_type")),
    "school_kind_delete": Page(post="C302 A302", of=of_cast("day_type")),
    "school_calendar": Page(get="C200 A200 Z302", post="C422 A422 Z302"),
    "school_calendar_import": Page(get="C200 A200", post="C422 A422"),
    "school_calendar_confirm": Page(post="C422 A422"),
    "school_conflict_list": Page(get="C200"),
    "school_conflict_resolve": Page(post="C302"),
    "school_day_fill": Page(get="C200 A200 Z302", post="C422 A422 Z302"),
    "school_day_close": Page(post="C422 A422 Z302"),
    "room_list": Page(get="C200 A200"),
    "room_create": Page(get="C200 A200", post="C422 A422"),
    "room_edit": Page(get="C200 A200", post="C422 A422", of=of_cast("room")),
    "school_settings": Page(get="C200 A200"),
    "school_general": Page(get="C200 A200", post="A422"),
    "school_reminders": Page(get="C200 A200", post="C422 A422"),
    "school_limits": Page(get="C200 A200", post="A422"),
    "school_booking_rules": Page(get="C200 A200", post="C422 A422"),
    "school_time_zone": Page(get="C200 A200", post="A422"),
    "sign_in_settings": Page(get="C200 A200", post="A302"),
    "second_factor_reset": Page(get="A200", post="A302", of=person("teacher")),
    # The coordinator's right was taken back (tests/world_rest.py).
    "flags_edit": Page(get="C403", post="C403", of=person("mentor")),
    "flags_own": Page(get="S200"),
    "flag_read_list": Page(get="A200"),
    "flag_grant": Page(post="A422"),
    "flag_grant_end": Page(post="A302", of=a("flag_grant")),
    "trail_list": Page(get=SIGNED_IN),
    "concern_list": Page(get=SIGNED_IN),
    # The mentor raised it, about the teacher: the one reads it, the other never learns of it.
    "concern_detail": Page(get="C200 S200 T404 A404 S2=404", post="C422 S403 T404 A404 S2=404", of=a("concern")),
    # mentorship
    "program_list": Page(get="C200"),
    "program_create": Page(get="C200", post="C422"),
    "program_detail": Page(get="C200", of=of_cast("program")),
    "participant_add": Page(get="C200", post="C422", of=of_cast("program")),
    "participant_remove": Page(post="C302", of=a("participant")),
    "pairing_create": Page(get="C200", post="C422", of=of_cast("program")),
    "pairing_close": Page(get="C200", post="C422", of=a("pairing")),
    "availability_edit": Page(
        get="C200 T200 S404 T2=404 S2=404", post="C302 T302 S404 T2=404 S2=404", of=person("teacher")
    ),
    "availability_day_add": Page(post="C422 T422 S404 T2=404 S2=404", of=person("teacher")),
    "availability_day_remove": Page(
        post="C302 T302 S404 T2=404 S2=404",
        of=lambda world: {"pk": world.cast.teacher.availability_exceptions.get().pk},
    ),
    "timetable_import": Page(get="C200", post="C422"),
    "timetable_confirm": Page(post="C422"),
    "mentor_edit": Page(get="C200 S200 S2=404", post="C302 S302 S2=404", of=person("mentor")),
    "refusal_list": Page(get="C200 T200 S200", post="C422 T422 S422"),
    "refusal_take_back": Page(post="C302 S302 T404 S2=404", of=a("refusal")),
    "tool_list": Page(get="C200", post="C422"),
    "tool_install": Page(post="C302"),
    "help_entry_list": Page(get="C200 T200 S200"),
    "help_entry_verify_many": Page(post="C302"),
    "help_entry_detail": Page(get="C200 T200 S200 T2=404 S2=404", of=a("entry")),
    "help_entry_edit": Page(get="S200 S2=404", post="S422 S2=404", of=a("entry")),
    "help_entry_discard": Page(post="S302 S2=404", of=a("entry")),
    "help_entry_verify": Page(post="C302", of=a("entry")),
    "help_entry_change": Page(post="C422", of=a("entry")),
    "help_entry_deny": Page(post="C422", of=a("entry")),
    # sessions_app
    "calendar": Page(get="C200 T200 S200"),
    "feed": Page(get=NOWHERE, is_open=True, of=lambda _world: {"secret": "no-such-secret"}),
    "feed_page": Page(get="C200 T200 S200"),
    "feed_make": Page(post="C200 T200 S200"),
    "feed_end": Page(post="C302 T302 S302"),
    "calendar_events": Page(get="C400 T400 S400"),  # asked without a week; what it shows has tests of its own
    "playground_create": Page(get="C200", post="C422"),
    "playground_detail": Page(get="C200 T200 S200 S2=404", of=a("playground")),
    "playground_series_create": Page(get="C200", post="C422"),
    "playground_change": Page(get="C200", post="C422", of=a("playground")),
    "playground_stations": Page(get="C200", post="C302", of=a("playground")),
    "playground_duty_leave": Page(post="S302 S2=404", of=a("playground")),
    "playground_cancel": Page(post="C302", of=a("playground")),
    "playground_kiosk": Page(post="C302 S2=404", of=a("playground")),
    "kiosk": Page(get=NOWHERE, post=NOWHERE, is_open=True),
    "kiosk_board": Page(get=NOWHERE, is_open=True),
    "kiosk_square": Page(get=NOWHERE, is_open=True),
    # A square that no tablet shows now: the page says that it is over.
    "check_in_link": Page(
        get=EVERYBODY.replace("200", "302"), is_open=True, of=lambda _world: {"pk": 1, "secret": "no-such-code"}
    ),
    "check_in_here": Page(get="C200 T200 S200", post="C422 T422 S422"),
    # Before it begins nobody has helped there: what stands on the page has tests of its own.
    "playground_helped": Page(get="S404 S2=404", post="S404 S2=404", of=a("playground")),
    "playground_check_in": Page(post="C302 S2=404", of=a("playground")),
    "playground_wait": Page(post="T302", of=a("playground")),
    "playground_wait_end": Page(post="T302", of=a("playground")),
    "playground_sign_up": Page(post="T302", of=a("playground")),
    "playground_leave": Page(post="T302", of=a("playground")),
    "booking_find": Page(get="T200"),
    "unmet_wish": Page(post="T302"),
    "booking_for": Page(get="C200", post="C422"),
    "booking_create": Page(post="T422"),
    "booking_clock": Page(get="T302", post="T302"),
    "booking_detail": Page(get="C200 T200 S200 T2=404 S2=404", of=a("booking")),
    "booking_move": Page(get="C200 T200 T2=404", post="C422 T422 T2=404", of=a("booking")),
    "booking_periods": Page(get="C400 T400 T2=404", of=a("booking")),  # asked without a week, as above
    "booking_cancel": Page(post="C302 T302 T2=404", of=a("booking")),
    "booking_replace": Page(get="C200 T200 T2=404", post="C422 T422 T2=404", of=a("booking")),
    "booking_repeat": Page(get="C200 T200 T2=404", post="C422 T422 T2=404", of=a("booking")),
    "booking_series_cancel": Page(post="C302 T302 T2=404", of=a("booking")),
    "booking_decline": Page(post="S302 S2=404", of=a("booking")),
    "booking_start": Page(post="T302 S302 T2=404 S2=404", of=a("booking")),
    "booking_finish": Page(post="T302 S302 T2=404 S2=404", of=a("booking")),
    "booking_no_show": Page(post="C422 T422 S422 T2=404 S2=404", of=a("booking")),
    "booking_no_show_end": Page(post="C302", of=a("booking")),
    "booking_log": Page(get="S200 S2=404", post="S422 S2=404", of=a("past_booking")),
    "consent_withdraw": Page(get="C200 S200 S2=404", post="C302 S302 S2=404", of=person("mentor")),
    # A guardian's link: of another purpose here, so that the page says that it no longer works.
    "guardian_link": Page(
        get=EVERYBODY.replace("200", "302"), is_open=True, of=lambda _world: {"secret": "no-such-secret"}
    ),
    "guardian_consent": Page(get=EVERYBODY, post=EVERYBODY.replace("200", "422"), is_open=True),
    "concern_raise": Page(get=SIGNED_IN, post="C302 T302 S302 A302"),
    # surveys
    "survey_list": Page(get="C200 T200 A200"),
    "study_create": Page(get="C200", post="C422"),
    "study_detail": Page(get="C200 A200", of=a("study")),
    "study_export": Page(get="A200", of=a("study")),
    "study_export_csv": Page(get="A409", of=a("study")),
    "study_codebook_csv": Page(get="A200", of=a("study")),
    "survey_begin": Page(get="T200", post="T302", of=a("wave")),
    "survey_answer": Page(get="T200 T2=302", post="T422 T2=302", of=a("wave")),
    "survey_decline": Page(post="T302", of=a("wave")),
    "survey_done": Page(get="T302", of=a("wave")),
}
