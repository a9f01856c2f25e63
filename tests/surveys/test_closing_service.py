"""Closing a wave, and mixing what is stored."""

import pytest
from django.db import connection

from accounts.models import Consent, Message
from accounts.services import Refused, withdraw_consent
from surveys.linkage import StudyKeyMissing, pseudonym
from surveys.models import Receipt, Response, Wave
from surveys.services import close_due_waves, close_wave, decline_wave, rewrite_responses, send_response
from tests.cast import TODAY
from tests.surveys.conftest import DAY, OPEN, OVER, POST, PRE, answers_to


@pytest.fixture
def answered(wave, more_teachers):
    """Twelve teachers who sent their answers, in this order, and one who said no."""
    people = more_teachers(13)
    for number, person in enumerate(people[:12]):
        send_response(wave, person, answers_to(wave, 1 + number % 5), now=OPEN)
    decline_wave(wave, people[12], now=OPEN)
    return people


def withdraw(person):
    """Take back the consent to research use."""
    withdraw_consent(person, Consent.Purpose.RESEARCH_USE, by=person, today=TODAY)


def rows_of(table):
    """(xmin, place in the table, id, the rest) of each row in the order of storage."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, ctid::text, * FROM {table} ORDER BY ctid")
        return cursor.fetchall()


def test_close_wave_keeps_counts_and_nothing_about_persons(cast, wave, answered):
    Message.objects.filter(about=wave.about, user=cast.teacher, kind="survey_invitation").update(
        state="sent", channel="mail", sent_at=OPEN
    )

    closed = close_wave(wave, now=OVER)

    assert closed.closed_at == OVER
    assert (closed.asked_count, closed.done_count, closed.response_count, closed.left_out_count) == (15, 13, 12, 0)
    assert closed.message_count == 1
    assert not Receipt.objects.exists()
    assert not Message.objects.filter(about=wave.about).exists()
    assert Message.objects.exclude(about=wave.about).exists()
    assert Response.objects.count() == 12


def test_close_wave_deletes_the_answers_of_those_who_took_back_their_consent(wave, answered):
    gone = [pseudonym(wave.study, person) for person in answered[:2]]
    withdraw(answered[0])
    withdraw(answered[1])
    withdraw(answered[12])  # said no: nothing to delete

    closed = close_wave(wave, now=OVER)

    assert (closed.response_count, closed.left_out_count) == (10, 2)
    assert not Response.objects.filter(pseudonym__in=gone).exists()


def test_close_wave_deletes_answers_of_somebody_who_left_the_program_and_took_back_the_consent(cast, wave, answered):
    cast.program.participants.filter(person=answered[0]).update(left_on=TODAY)
    withdraw(answered[0])

    closed = close_wave(wave, now=OVER)

    assert (closed.asked_count, closed.done_count, closed.left_out_count) == (15, 13, 1)


def test_close_wave_carries_a_later_withdrawal_into_the_waves_before(wave, answered):
    close_wave(wave, now=OVER)
    withdraw(answered[0])

    later = close_wave(wave.study.waves.get(kind="POST"), now=POST[1])

    wave.refresh_from_db()
    assert (wave.response_count, wave.left_out_count) == (11, 1)
    assert (later.response_count, later.left_out_count) == (0, 0)
    assert wave.responses.count() == 11


def test_close_wave_gives_new_ids_and_keeps_the_answers(wave, answered):
    def kept():
        return sorted((row.pseudonym, sorted(row.answers.items(), key=str)) for row in wave.responses.all())

    ids, before = set(wave.responses.values_list("pk", flat=True)), kept()

    close_wave(wave, now=OVER)

    assert kept() == before
    assert not ids & set(wave.responses.values_list("pk", flat=True))


def test_close_wave_before_its_end_is_refused(wave, answered):
    with pytest.raises(Refused, match="still open"):
        close_wave(wave, now=PRE[1] - DAY)

    wave.refresh_from_db()
    assert wave.closed_at is None
    assert Receipt.objects.count() == 13


def test_close_wave_twice_is_refused(wave, answered):
    close_wave(wave, now=OVER)

    with pytest.raises(Refused, match="closed already"):
        close_wave(wave, now=OVER)

    wave.refresh_from_db()
    assert wave.done_count == 13


def test_close_wave_without_the_key_changes_nothing(wave, answered, key_folder):
    for key in key_folder.iterdir():
        key.unlink()

    with pytest.raises(StudyKeyMissing):
        close_wave(wave, now=OVER)

    wave.refresh_from_db()
    assert wave.closed_at is None
    assert Receipt.objects.count() == 13
    assert Response.objects.count() == 12


def test_close_due_waves_closes_what_is_due_and_waits_where_a_key_is_missing(cast, wave, answered, key_folder, caplog):
    other = wave.study.waves.get(kind="POST")

    assert close_due_waves(now=PRE[1] - DAY) == 0
    assert close_due_waves(now=OVER) == 1
    assert close_due_waves(now=OVER) == 0
    for key in key_folder.iterdir():
        key.unlink()
    assert close_due_waves(now=POST[1]) == 0

    assert list(Wave.objects.exclude(closed_at=None)) == [wave]
    assert f"wave {other.pk} can't be closed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_rewrite_responses_leaves_no_trace_of_the_order_of_sending(wave, answered):
    names = [pseudonym(wave.study, person) for person in answered[:12]]
    before = rows_of("surveys_response")
    by_transaction = sorted(before, key=lambda row: int(row[0]))
    assert len({xmin for xmin, *_rest in before}) == 12  # else the test could not fail
    assert [row[names_column()] for row in by_transaction] == names

    assert rewrite_responses(now=OPEN) == 1

    after, receipts = rows_of("surveys_response"), rows_of("surveys_receipt")
    assert len({xmin for xmin, *_rest in after}) == 1
    assert len({xmin for xmin, *_rest in receipts}) == 1
    assert {row[2] for row in before}.isdisjoint(row[2] for row in after)
    stored = [row[names_column()] for row in after]
    assert sorted(stored) == sorted(names)
    assert stored != names  # by chance in 1 of 479,001,600 runs
    people = [person.pk for person in answered]
    assert [person for _xmin, _ctid, _id, *rest in receipts for person in rest if person in people] != people
    assert Receipt.objects.count() == 13


@pytest.mark.django_db(transaction=True)
def test_rewrite_responses_leaves_closed_and_coming_waves_alone(wave, answered):
    close_wave(wave, now=OVER)
    before = rows_of("surveys_response")

    assert rewrite_responses(now=OVER) == 0

    assert rows_of("surveys_response") == before


def names_column():
    """Where the pseudonym stands in `rows_of`, whatever the order of the table's columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM surveys_response LIMIT 0")
        return 2 + [column.name for column in cursor.description].index("pseudonym")


def test_close_due_waves_passes_over_what_somebody_else_closed_in_that_moment(wave, answered, caplog):
    seen = []

    def somebody_else(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not seen:
            seen.append(sql)
            close_wave(wave, now=OVER)
        return result

    with connection.execute_wrapper(somebody_else), caplog.at_level("INFO", logger="surveys"):
        closed = close_due_waves(now=OVER)

    assert closed == 0
    assert "closed by somebody else" in caplog.text
