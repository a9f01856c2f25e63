"""Sending answers and saying no."""

import threading

import pytest
from django.db import connection

from accounts.models import Consent, Message
from accounts.services import Refused, withdraw_consent
from surveys.models import Receipt, Response
from surveys.services import close_wave, decline_wave, send_response
from tests.cast import TODAY
from tests.surveys.conftest import DAY, OPEN, OVER, PRE, answers_to, consenting

LATE_EVENING = PRE[0].replace(hour=4) + 3 * DAY  # 22:00 of the day before on the school's walls


def test_send_response_keeps_answers_and_a_receipt_apart(cast, wave):
    consenting(cast.teacher)
    answers = answers_to(wave) | {"confidence_1": None, "open_helped": "  "}

    send_response(wave, cast.teacher, answers, now=LATE_EVENING)

    response, receipt = Response.objects.get(), Receipt.objects.get()
    assert response.answers == answers | {"open_helped": None}
    assert (response.role, response.arm, response.dose_band) == ("teacher", "reverse", "")
    assert len(response.pseudonym) == 64
    assert receipt.person == cast.teacher
    assert receipt.day == LATE_EVENING.date() - DAY


def test_send_response_ends_the_messages_of_that_person_only(cast, wave):
    consenting(cast.teacher)

    send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    waiting = Message.objects.waiting().filter(about=wave.about)
    assert {message.user for message in waiting} == {cast.other_teacher}
    assert Message.objects.waiting().filter(user=cast.teacher).exclude(about=wave.about).exists()


def test_send_response_twice_is_refused_and_the_first_stays(cast, wave):
    consenting(cast.teacher)
    send_response(wave, cast.teacher, answers_to(wave, 2), now=OPEN)

    with pytest.raises(Refused, match="already"):
        send_response(wave, cast.teacher, answers_to(wave, 5), now=OPEN)

    assert Response.objects.get().answers["confidence_1"] == 2
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(("now", "words"), [(PRE[0] - DAY, "not open yet"), (PRE[1], "closed"), (OVER, "closed")])
def test_send_response_outside_the_wave_is_refused(cast, wave, now, words):
    consenting(cast.teacher)

    with pytest.raises(Refused, match=words):
        send_response(wave, cast.teacher, answers_to(wave), now=now)

    assert not Response.objects.exists()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "mentor", "coordinator"])
def test_send_response_of_somebody_not_asked_is_refused(cast, wave, who):
    person = consenting(getattr(cast, who))

    with pytest.raises(Refused, match="does not ask you"):
        send_response(wave, person, answers_to(wave), now=OPEN)

    assert not Response.objects.exists()


def test_send_response_of_somebody_who_left_is_refused(cast, wave):
    consenting(cast.teacher)
    cast.program.participants.filter(person=cast.teacher).update(left_on=TODAY)

    with pytest.raises(Refused, match="does not ask you"):
        send_response(wave, cast.teacher, answers_to(wave), now=OPEN)


@pytest.mark.parametrize("purpose", Consent.SURVEY_PURPOSES)
def test_send_response_without_standing_consent_is_refused(cast, wave, purpose):
    consenting(cast.teacher)
    withdraw_consent(cast.teacher, purpose, by=cast.teacher, today=TODAY)

    with pytest.raises(Refused, match="agree"):
        send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"confidence_1": 0},
        {"confidence_1": 6},
        {"confidence_1": "4"},
        {"confidence_1": True},
        {"confidence_1": 2.5},
        {"open_helped": 3},
        {"open_helped": "x" * 4001},
        {"unknown": 3},
    ],
)
def test_send_response_with_answers_that_do_not_fit_is_refused(cast, wave, change):
    consenting(cast.teacher)

    with pytest.raises(Refused, match="do not fit"):
        send_response(wave, cast.teacher, answers_to(wave) | change, now=OPEN)

    assert not Response.objects.exists()
    assert not Receipt.objects.exists()


def test_send_response_with_an_item_missing_is_refused(cast, wave):
    consenting(cast.teacher)
    answers = answers_to(wave)
    del answers["classroom_use_4"]

    with pytest.raises(Refused, match="do not fit"):
        send_response(wave, cast.teacher, answers, now=OPEN)


def test_send_response_without_the_key_is_refused_and_names_nobody_in_the_log(cast, wave, key_folder, caplog):
    consenting(cast.teacher)
    for key in key_folder.iterdir():
        key.unlink()

    with pytest.raises(Refused, match="nothing was sent"):
        send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    assert not Response.objects.exists()
    assert not Receipt.objects.exists()
    assert not list(key_folder.iterdir())
    assert f"study {wave.study_id}" in caplog.text
    assert "ortiz" not in caplog.text.lower()


def test_send_response_logs_nothing(cast, wave, caplog):
    consenting(cast.teacher)
    caplog.set_level("DEBUG", logger="surveys")

    send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    assert Response.objects.exists()
    assert not [record for record in caplog.records if record.name.startswith("surveys")]


def test_decline_wave_leaves_a_receipt_like_any_other_and_no_answers(cast, wave):
    consenting(cast.teacher)
    send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    decline_wave(wave, cast.other_teacher, now=OPEN)

    assert Response.objects.count() == 1
    sent, declined = (
        Receipt.objects.filter(person=who).values("wave", "day")[0] for who in (cast.teacher, cast.other_teacher)
    )
    assert sent == declined
    assert not Message.objects.waiting().filter(about=wave.about).exists()


def test_decline_wave_after_sending_is_refused(cast, wave):
    consenting(cast.teacher)
    send_response(wave, cast.teacher, answers_to(wave), now=OPEN)

    with pytest.raises(Refused, match="already"):
        decline_wave(wave, cast.teacher, now=OPEN)

    assert Response.objects.count() == 1


def test_decline_wave_after_its_end_is_refused(cast, wave):
    close_wave(wave, now=OVER)

    with pytest.raises(Refused, match="closed"):
        decline_wave(wave, cast.teacher, now=OPEN)


@pytest.mark.django_db(transaction=True)
def test_send_response_in_parallel_keeps_one(cast, wave):
    consenting(cast.teacher)
    outcomes = []
    gate = threading.Barrier(6)

    def send(point):
        try:
            gate.wait()
            send_response(wave, cast.teacher, answers_to(wave, point), now=OPEN)
            outcomes.append("sent")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(1 + n % 5,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused"] * 5 + ["sent"]
    assert Response.objects.count() == 1
    assert Receipt.objects.count() == 1


def test_wave_for_one_arm_asks_the_people_of_that_arm(cast, wave):
    for person in (cast.teacher, cast.other_teacher):
        consenting(person)
    cast.program.participants.filter(person=cast.other_teacher).update(arm="comparison")
    wave.audience_arm = "comparison"
    wave.save()

    send_response(wave, cast.other_teacher, answers_to(wave), now=OPEN)

    with pytest.raises(Refused, match="does not ask you"):
        send_response(wave, cast.teacher, answers_to(wave), now=OPEN)
    assert [response.arm for response in Response.objects.all()] == ["comparison"]
