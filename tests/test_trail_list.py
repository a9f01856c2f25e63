"""What the trail keeps, field by field, and what it never keeps: a change here is a change of policy."""

import re

from django.apps import apps
from django.db import connection, models

from accounts.models import TRACKED
from accounts.models.trail import Trail

KEPT = {
    "accounts.School": "name time_zone languages reminder_leads lead_least lead_most quiet_from quiet_until digest_at"
    " minimum_group_size retention_days second_adult requires_second_factor",
    "accounts.Room": "name is_shared in_view",
    "accounts.User": "school roles is_active missing_since erased_at",
    "accounts.Guardian": "student language",
    "accounts.Consent": "person purpose text_version text given_by guardian given_on withdrawn_on recorded_by"
    " is_refusal",
    "accounts.ConsentText": "purpose reader language version asks_again approved_at approved_by",
    "accounts.FlagGrant": "user granted_by ended_at",
    "accounts.SecretLink": "purpose user guardian expires_at used_at revoked_at",
    "accounts.ErasureRequest": "person asked_at ended_at carried_out_by",
    "accounts.SecondFactor": "user type",
    "accounts.ConnectedAccount": "user",
    "mentorship.Program": "name template starts_on ends_on closed_on",
    "mentorship.Participant": "program person role joined_on left_on",
    "mentorship.Pairing": "program teacher student state proposed_on started_on closed_on",
    "mentorship.Step": "pairing position direction starts_at started_at ended_at",
    "mentorship.HelpRequest": "program teacher tool wanted_by state taken_by",
    "mentorship.HelpEntry": "program student teacher step helped_on minutes state submitted_at verified_at verified_by"
    " thanked_at",
    "sessions_app.Booking": "program teacher mentor room tool starts_at ends_at period step help_request help_entry"
    " state booked_by ended_by ended_at overridden_by started_at finished_at",
    "sessions_app.BookingRules": "notice_minutes cut_off_minutes join_notice_minutes offer_hours teacher_week_limit"
    " mentor_week_limit same_class_days core_week_minutes opens_at closes_at",
    "sessions_app.PlaygroundSession": (
        "program room places adult_in_charge starts_at ends_at period state overridden_by"
    ),
    "sessions_app.Duty": "playground person",
    "sessions_app.SignUp": "playground teacher",
    "surveys.Study": "title sealed_at",
    "surveys.Wave": "study kind instrument_version audience_role opens_at closes_at closed_at",
}
# That it changed, and never to what.
CHANGE_ONLY = {
    "accounts.User": "username email",
    "accounts.Guardian": "email",
    "accounts.Consent": "signature",
    "accounts.ConsentText": "body on_withdrawal",
    "mentorship.Participant": "arm",
    "mentorship.Pairing": "close_reason",
    "mentorship.HelpRequest": "learner_group text",
    "mentorship.HelpEntry": "learner_group goal done outcome trouble note verdict teacher_remark",
    "sessions_app.Booking": "learner_group goal end_reason override_reason who_was_away",
    "sessions_app.PlaygroundSession": "title override_reason",
}
NEVER = {
    "accounts.Concern",
    "accounts.FlagRead",
    "accounts.LearnerFlags",
    "accounts.Message",
    "accounts.MessageChoice",
    "accounts.RosterClass",
    "accounts.RosterRow",
    "accounts.RosterUpload",
    "accounts.TrailEntry",
    "sessions.Session",
    "surveys.Receipt",
    "surveys.Response",
}
# Names that the school gives to its own things, and words of ours; no text that somebody wrote about somebody.
TEXTS = {
    "accounts.School.name",
    "accounts.School.time_zone",
    "accounts.Room.name",
    "accounts.Consent.text_version",
    "mentorship.Program.name",
    "surveys.Study.title",
}
SECRET = re.compile("passw|secret|token|hash|code|key|salt|agenda|ciphertext|given_name|family_name|address|random")


def test_the_trail_keeps_exactly_these_fields() -> None:
    kept = {label: " ".join(tracked.fields) for label, tracked in TRACKED.items()}
    hidden = {label: " ".join(tracked.hidden) for label, tracked in TRACKED.items() if tracked.hidden}

    assert kept == KEPT
    assert hidden == CHANGE_ONLY


def test_the_database_writes_the_trail_of_these_tables_and_of_no_other(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE prosrc LIKE '%accounts_trailentry%' AND tgrelid <> 'accounts_trailentry'::regclass"
        )
        watched = {table for (table,) in cursor.fetchall()}

    assert watched == {apps.get_model(label)._meta.db_table for label in KEPT}


def test_the_triggers_in_the_database_are_those_of_the_list(db: None) -> None:
    for label, tracked in TRACKED.items():
        status, is_enabled = Trail(tracked).get_installation_status(apps.get_model(label))
        assert (status, is_enabled) == ("INSTALLED", True), label


def test_what_is_never_kept_is_not_on_the_list() -> None:
    names = [f"{label}.{name}" for label, tracked in TRACKED.items() for name in tracked.fields + tracked.hidden]

    assert NEVER.isdisjoint(TRACKED)
    assert [name for name in names if SECRET.search(name.rpartition(".")[2])] == []


def test_free_text_is_kept_of_nothing_but_the_names_of_things() -> None:
    texts = {
        f"{label}.{name}"
        for label, tracked in TRACKED.items()
        for name in tracked.fields
        if isinstance(field := apps.get_model(label)._meta.get_field(name), models.CharField | models.TextField)
        and not field.choices
    }

    assert texts == TEXTS


def test_every_change_has_its_words() -> None:
    for label, tracked in TRACKED.items():
        known = {"insert", "update", "delete", "export", *tracked.fields, *tracked.hidden}
        keys = {key.removeprefix("insert ").partition("=")[0] for key in tracked.words}
        assert {"insert", "update"} <= set(tracked.words), label
        assert keys - {"export knows_names"} <= known, label
