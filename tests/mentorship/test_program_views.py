"""Pages of programs and their people; who may open those of pairs and tools."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, User
from mentorship.models import Pairing, Participant, Program
from tests import factories
from tests.cast import TODAY, Cast

SignIn = Callable[[User], Client]
NEW_PROGRAM = {"name": "Spring tech team", "starts_on": "2027-01-11", "ends_on": "2027-05-28"}


def addresses(cast: Cast, pairing: Pairing) -> dict[str, str]:
    """Every page of programs, pairs and tools that the coordinator may open."""
    return {
        "program_list": reverse("program_list"),
        "program_create": reverse("program_create"),
        "program_detail": reverse("program_detail", args=[cast.program.pk]),
        "participant_add": reverse("participant_add", args=[cast.program.pk]),
        "pairing_create": reverse("pairing_create", args=[cast.program.pk]),
        "pairing_close": reverse("pairing_close", args=[pairing.pk]),
        "tool_list": reverse("tool_list"),
    }


def test_pages_are_for_the_coordinator_alone(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    for url in addresses(cast, pairing).values():
        assert sign_in(cast.coordinator).get(url).status_code == 200
        for person in (cast.teacher, cast.mentor, cast.admin):
            assert sign_in(person).get(url).status_code == 403
        assert Client().get(url).headers["Location"].startswith(reverse("account_login"))


def test_a_stranger_coordinator_gets_404_and_changes_nothing(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    client = sign_in(cast.stranger_coordinator)
    participant = cast.program.participants.get(person=cast.other_teacher)
    posts: dict[str, dict[str, Any]] = {
        reverse("participant_add", args=[cast.program.pk]): {"arm": "reverse"},
        reverse("participant_remove", args=[participant.pk]): {},
        reverse("pairing_create", args=[cast.program.pk]): {},
        reverse("pairing_close", args=[pairing.pk]): {"reason": "Mine"},
    }

    assert client.get(reverse("program_detail", args=[cast.program.pk])).status_code == 404
    for url, data in posts.items():
        assert client.post(url, data).status_code == 404
    assert cast.program.name not in client.get(reverse("program_list")).content.decode()

    pairing.refresh_from_db()
    participant.refresh_from_db()
    assert (pairing.state, participant.left_on) == ("started", None)


def test_program_list_shows_counts_and_the_state(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get(reverse("program_list")).content.decode()

    assert "Autumn tech team" in page
    assert "4 people" in page
    assert "1 pair" in page


def test_program_list_without_programs_offers_the_first(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.stranger_coordinator).get(reverse("program_list")).content.decode()

    assert "No program yet" in page
    assert reverse("program_create") in page


def test_program_create_makes_it_and_goes_there(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.coordinator).post(reverse("program_create"), NEW_PROGRAM)

    program = Program.objects.get(name="Spring tech team")
    assert response.headers["Location"] == reverse("program_detail", args=[program.pk])
    assert (program.school, program.starts_on) == (cast.school, dt.date(2027, 1, 11))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"ends_on": "soon"}, "Enter a valid date"),
        ({"ends_on": "2027-01-10"}, "The last day is before the first day."),
        ({"name": "Autumn tech team"}, "Choose another name."),
    ],
)
def test_program_create_says_what_is_wrong_and_keeps_the_rest(
    cast: Cast, sign_in: SignIn, change: dict[str, str], said: str
) -> None:
    response = sign_in(cast.coordinator).post(reverse("program_create"), NEW_PROGRAM | change)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert 'value="2027-01-11"' in response.content.decode()
    assert Program.objects.get() == cast.program


def test_program_detail_shows_people_by_side_arms_pairs_and_missing_consent(
    cast: Cast, pairing: Pairing, sign_in: SignIn
) -> None:
    Consent.objects.filter(person=cast.other_mentor).delete()
    cast.program.participants.filter(person=cast.other_teacher).update(arm="comparison")

    page = sign_in(cast.coordinator).get(reverse("program_detail", args=[cast.program.pk])).content.decode()

    assert "Ana Ortiz and Maya Rahman" in page
    assert "Leo Tran" in page
    assert "comparison" in page
    assert page.count("consent missing") == 1


def test_program_detail_of_an_empty_program_says_what_comes(cast: Cast, sign_in: SignIn) -> None:
    program = factories.ProgramFactory(school=cast.school)

    page = sign_in(cast.coordinator).get(reverse("program_detail", args=[program.pk])).content.decode()

    assert "No pairs yet" in page
    assert page.count("Nobody yet") == 2
    assert reverse("pairing_create", args=[program.pk]) not in page


def test_program_detail_tells_nobody_why_a_pair_is_paused(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    Pairing.objects.update(state="paused")

    page = sign_in(cast.coordinator).get(reverse("program_detail", args=[cast.program.pk])).content.decode()

    assert "paused" in page
    assert "concern was" not in page


def test_participant_add_offers_who_is_not_in_it_and_tells_missing_consent(cast: Cast, sign_in: SignIn) -> None:
    consented = factories.StudentFactory(school=cast.school, family_name="Consented")
    factories.let_take_part(consented, recorded_by=cast.coordinator)
    factories.StudentFactory(school=cast.school, family_name="Without")
    factories.TeacherFactory(school=cast.school, family_name="Newteacher")
    factories.TeacherFactory(school=cast.school, family_name="Goneteacher", is_active=False)
    factories.TeacherFactory(school=cast.stranger.school, family_name="Foreign")

    page = sign_in(cast.coordinator).get(reverse("participant_add", args=[cast.program.pk])).content.decode()

    assert f"{consented.full_name}, grade 7" in page
    assert "Without (consent missing)" in page
    assert "Newteacher" in page
    for name in ("Goneteacher", "Foreign", "Ortiz", "Rahman"):
        assert name not in page


def test_participant_add_adds_many_of_both_sides_at_once(cast: Cast, sign_in: SignIn) -> None:
    teachers = factories.TeacherFactory.create_batch(2, school=cast.school)
    student = factories.StudentFactory(school=cast.school)
    data = {"teachers": [person.pk for person in teachers], "students": [student.pk], "arm": "traditional"}

    response = sign_in(cast.coordinator).post(reverse("participant_add", args=[cast.program.pk]), data, follow=True)

    assert "3 people joined." in response.content.decode()
    joined = Participant.objects.filter(arm="traditional")
    assert {(row.person, row.role) for row in joined} == {
        (teachers[0], "teacher"),
        (teachers[1], "teacher"),
        (student, "student"),
    }


def test_participant_add_refuses_nobody_and_foreign_people(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.coordinator), reverse("participant_add", args=[cast.program.pk])
    factories.TeacherFactory(school=cast.school)

    nobody = client.post(url, {"arm": "reverse"})
    foreign = client.post(url, {"arm": "reverse", "teachers": [cast.stranger.pk]})
    again = client.post(url, {"arm": "reverse", "teachers": [cast.teacher.pk]})

    assert (nobody.status_code, foreign.status_code, again.status_code) == (422, 422, 422)
    assert "Tick at least one person." in nobody.content.decode()
    assert Participant.objects.count() == 4


def test_participant_add_with_nobody_left_points_to_people(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get(reverse("participant_add", args=[cast.program.pk])).content.decode()

    assert "Nobody left to add" in page


def test_participant_remove_takes_out_and_refuses_while_paired(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    paired = cast.program.participants.get(person=cast.teacher)
    single = cast.program.participants.get(person=cast.other_teacher)

    refused = client.post(reverse("participant_remove", args=[paired.pk]), follow=True)
    done = client.post(reverse("participant_remove", args=[single.pk]), follow=True)

    paired.refresh_from_db()
    single.refresh_from_db()
    assert "Close the pair first." in refused.content.decode()
    assert "Omar Haddad has left the program." in done.content.decode()
    assert paired.left_on is None
    assert single.left_on is not None


def test_participant_remove_is_for_the_coordinator_by_post(cast: Cast, sign_in: SignIn) -> None:
    participant = cast.program.participants.get(person=cast.teacher)
    url = reverse("participant_remove", args=[participant.pk])

    assert sign_in(cast.teacher).post(url).status_code == 403
    assert sign_in(cast.coordinator).get(url).status_code == 405

    participant.refresh_from_db()
    assert participant.left_on is None


@pytest.mark.parametrize("page", ["program_list", "program_detail", "participant_add", "tool_list"])
def test_lists_ask_the_database_the_same_number_of_times_for_1_and_30_rows(
    cast: Cast, pairing: Pairing, sign_in: SignIn, django_assert_max_num_queries: Any, page: str
) -> None:
    client, url = sign_in(cast.coordinator), addresses(cast, pairing)[page]
    limit = 3 + 4  # session, user and school; then the page

    with django_assert_max_num_queries(limit):
        client.get(url)
    for _turn in range(30):
        extra = factories.PairingFactory(program=cast.program)
        factories.ParticipantFactory(program=cast.program, person=extra.teacher, joined_on=TODAY)
        factories.ParticipantFactory(program=cast.program, person=extra.student, joined_on=TODAY)
        factories.ProgramFactory(school=cast.school)
        factories.ToolFactory(school=cast.school)
        factories.StudentFactory(school=cast.school)
        factories.TeacherFactory(school=cast.school)
    with django_assert_max_num_queries(limit):
        response = client.get(url)

    assert response.status_code == 200
