"""Without both yeses nobody is found, booked, put on duty, moved or paired; the SQL of the finder says the same."""

import itertools

import pytest

from accounts.models import Consent, User
from accounts.services import Refused
from mentorship.services import start_pairing
from sessions_app.models import Booking
from sessions_app.reports.finder import free_mentors, propose
from sessions_app.services import move_booking, schedule_playground
from tests import factories
from tests.cast import NOW, TODAY, Cast
from tests.sessions_app.conftest import counts, friday

GUARDIAN, SELF = Consent.GivenBy.GUARDIAN, Consent.GivenBy.SELF


@pytest.fixture(params=[GUARDIAN, SELF])
def one_yes_missing(request: pytest.FixtureRequest, cast: Cast) -> str:
    """Maya has a guardian's yes or her own, and not the other."""
    cast.mentor.consents.filter(given_by=request.param).update(withdrawn_on=TODAY)
    return str(request.param)


def found(cast: Cast) -> set[str]:
    """Who is proposed at the cast's Thursday, 4th period."""
    proposals = free_mentors(
        cast.teacher, tool=cast.tool, program=cast.program, day=cast.thursday, period=cast.periods[3], now=NOW
    )
    return {proposal.mentor.given_name for proposal in proposals}


@pytest.mark.usefixtures("one_yes_missing")
def test_nobody_is_found_or_proposed_with_one_yes(cast: Cast) -> None:
    ahead = propose(
        cast.teacher, tool=cast.tool, program=cast.program, now=NOW, today=TODAY, mentor_id=cast.mentor.pk, limit=50
    )

    assert found(cast) == {"Leo"}
    assert ahead == []


@pytest.mark.usefixtures("one_yes_missing")
def test_nobody_is_booked_with_one_yes(cast: Cast, book) -> None:
    before = counts()

    with pytest.raises(Refused, match="not available"):
        book()

    assert counts() == before


@pytest.mark.parametrize("given_by", [GUARDIAN, SELF])
def test_a_booking_is_not_moved_with_one_yes(cast: Cast, booking: Booking, given_by: str) -> None:
    cast.mentor.consents.filter(given_by=given_by).update(withdrawn_on=TODAY)

    with pytest.raises(Refused, match="not available"):
        move_booking(booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.room, now=NOW)

    booking.refresh_from_db()
    assert booking.period == cast.periods[3]


@pytest.mark.usefixtures("one_yes_missing")
def test_nobody_is_on_duty_with_one_yes(cast: Cast) -> None:
    before = counts()

    with pytest.raises(Refused, match="consent is missing: Maya R"):
        schedule_playground(
            by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library,
            places=12, adult_in_charge=cast.coordinator, mentors=[cast.mentor, cast.other_mentor], day=cast.thursday,
            period=cast.periods[0], now=NOW,
        )  # fmt: skip

    assert counts() == before


@pytest.mark.usefixtures("one_yes_missing")
def test_no_pair_starts_with_one_yes(cast: Cast) -> None:
    with pytest.raises(Refused, match="consent, or the student's own, is missing"):
        start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)

    assert not cast.program.pairings.exists()


def test_finder_and_rule_agree_on_every_mixture_of_answers(cast: Cast) -> None:
    rows = {
        "none": None,
        "yes": {},
        "no": {"is_refusal": True, "withdrawn_on": TODAY},
        "taken back": {"withdrawn_on": TODAY},
    }
    for guardians, own in itertools.product(rows, rows):
        cast.mentor.consents.all().delete()
        for given_by, answer in ((GUARDIAN, rows[guardians]), (SELF, rows[own])):
            if answer is not None:
                factories.ConsentFactory(person=cast.mentor, given_by=given_by, **answer)

        may = User.objects.may_take_part().filter(pk=cast.mentor.pk).exists()

        assert may == (guardians == own == "yes"), (guardians, own)
        assert ("Maya" in found(cast)) == may, (guardians, own)


def test_a_yes_to_another_purpose_does_not_do(cast: Cast) -> None:
    cast.mentor.consents.filter(given_by=SELF).update(purpose=Consent.Purpose.RESEARCH_USE)

    assert found(cast) == {"Leo"}
    assert not User.objects.may_take_part().filter(pk=cast.mentor.pk).exists()
