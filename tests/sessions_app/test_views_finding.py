"""Finding a time, through the pages."""

import pytest
from django.urls import reverse

from accounts.models import Message, Room
from accounts.permissions import Role
from mentorship.models import Availability, MentorTool, Participant, Tool
from sessions_app.forms.booking import LISTED
from sessions_app.models import Booking
from tests import factories
from tests.sessions_app.conftest import forms_of

pytestmark = pytest.mark.usefixtures("in_november")


def find(client, **asked):
    return client.get(reverse("booking_find"), asked)


@pytest.mark.parametrize("page", ["booking_find", "booking_create"])
def test_booking_anonymous_is_sent_to_sign_in(client, page):
    answer = client.post(reverse(page)) if page == "booking_create" else client.get(reverse(page))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("who", ["coordinator", "mentor", "admin"])
def test_booking_wrong_role_is_forbidden(cast, sign_in, wish, who):
    client = sign_in(getattr(cast, who))

    assert find(client).status_code == 403
    assert client.post(reverse("booking_create"), wish).status_code == 403
    assert not Booking.objects.exists()


def test_find_without_tool_shows_tools_by_need(cast, sign_in):
    factories.ToolFactory(school=cast.school, name="Live captions", support=Tool.Support.CAPTIONS)
    factories.ToolFactory(school=cast.stranger.school, name="Foreign tool")

    page = find(sign_in(cast.teacher)).content.decode()

    assert page.index("Reading aloud") < page.index("Immersive Reader") < page.index("Live captions")
    assert "Foreign tool" not in page


def test_find_need_with_one_tool_goes_straight_to_times(cast, sign_in):
    answer = find(sign_in(cast.teacher), support="reading_aloud")

    assert "Immersive Reader, for all learners" in answer.content.decode()
    assert len(forms_of(answer.content.decode())) == 3


def test_find_shows_three_times_with_reasons_and_who_sees_it(cast, sign_in):
    page = find(sign_in(cast.teacher), tool=cast.tool.pk, learners="dyslexic").content.decode()

    assert "Immersive Reader, for dyslexic learners" in page
    assert page.count("Best fit") == 1
    assert "Knows Immersive Reader" in page
    assert "never used in an evaluation" in page
    assert len({form["request_key"] for form in forms_of(page)}) == 3
    assert "Rahman" not in page


def test_find_first_proposal_is_booked_as_it_stands(cast, sign_in):
    client = sign_in(cast.teacher)
    first = forms_of(find(client, tool=cast.tool.pk, learners="eb").content.decode())[0]

    answer = client.post(reverse("booking_create"), first | {"goal": "Poems"})

    booking = Booking.objects.get()
    assert answer.url == reverse("booking_detail", args=[booking.pk])
    assert (booking.teacher, booking.learner_group, booking.goal) == (cast.teacher, "eb", "Poems")
    assert str(booking.mentor_id) == first["mentor"]


def test_find_another_day_shows_only_that_day(cast, sign_in):
    page = find(sign_in(cast.teacher), tool=cast.tool.pk, day="2026-12-03").content.decode()

    assert {form["day"] for form in forms_of(page)} == {"2026-12-03"}
    assert len(forms_of(page)) == 4


def test_find_another_mentor_shows_only_that_mentor(cast, sign_in):
    page = find(sign_in(cast.teacher), tool=cast.tool.pk, mentor=cast.other_mentor.pk).content.decode()

    assert {form["mentor"] for form in forms_of(page)} == {str(cast.other_mentor.pk)}


def test_find_word_that_is_no_day_is_told_by_the_field(cast, sign_in):
    answer = find(sign_in(cast.teacher), tool=cast.tool.pk, day="soon")

    assert answer.status_code == 200
    assert "Enter a valid date" in answer.content.decode()


def test_find_foreign_tool_or_mentor_is_not_found(cast, sign_in):
    foreign = factories.ToolFactory(school=cast.stranger.school)
    outsider = factories.StudentFactory(school=cast.school)
    client = sign_in(cast.teacher)

    nobody = find(client, tool=cast.tool.pk, mentor=10**9).content.decode()
    somebody = find(client, tool=cast.tool.pk, mentor=outsider.pk).content.decode()

    assert find(client, tool=foreign.pk).status_code == 404
    assert "No time fits this choice" in nobody
    assert "No time fits this choice" in somebody
    assert forms_of(somebody) == forms_of(nobody) == []
    assert find(client, tool="x").status_code == 404


def test_find_nobody_knows_the_tool_says_so(cast, sign_in):
    MentorTool.objects.all().delete()

    page = find(sign_in(cast.teacher), tool=cast.tool.pk).content.decode()

    assert "No mentor helps with Immersive Reader yet." in page
    assert forms_of(page) == []


def test_find_no_free_period_says_so(cast, sign_in):
    Availability.objects.filter(person=cast.teacher).delete()

    page = find(sign_in(cast.teacher), tool=cast.tool.pk).content.decode()

    assert "We do not know your free periods yet" in page
    assert reverse("availability_edit", args=[cast.teacher.pk]) in page


def test_find_without_program_says_whom_to_ask(cast, sign_in):
    newcomer = factories.TeacherFactory(school=cast.school)

    page = find(sign_in(newcomer)).content.decode()

    assert "You are not in a program yet" in page


def test_find_writes_nothing(cast, sign_in):
    client = sign_in(cast.teacher)

    find(client, tool=cast.tool.pk)

    assert not Booking.objects.exists()
    assert not Message.objects.exists()


def mentors_more(cast, count):
    for _ in range(count):
        person = factories.StudentFactory(school=cast.school)
        factories.ParticipantFactory(program=cast.program, person=person)
        factories.let_take_part(person, recorded_by=cast.coordinator)
        MentorTool.objects.create(mentor=factories.MentorFactory(user=person), tool=cast.tool)
        Availability.objects.bulk_create(
            Availability(person=person, day_type=cast.day_type, period=period) for period in cast.periods
        )


def test_find_names_all_mentors_where_they_are_few(cast, sign_in):
    page = find(sign_in(cast.teacher), tool=cast.tool.pk, mentor=cast.mentor.pk, more=1).content.decode()

    assert f'<option value="{cast.mentor.pk}" selected>Maya R.</option>' in page
    assert 'name="name"' not in page


def test_find_asks_for_a_first_name_where_mentors_are_many(cast, sign_in):
    mentors_more(cast, LISTED)
    client = sign_in(cast.teacher)

    page = find(client, tool=cast.tool.pk, more=1).content.decode()
    found = forms_of(find(client, tool=cast.tool.pk, name=" mAY").content.decode())
    nobody = find(client, tool=cast.tool.pk, name="Zoe").content.decode()

    assert 'name="name"' in page
    assert "<option" not in page
    assert {form["mentor"] for form in found} == {str(cast.mentor.pk)}
    assert len(found) == 9
    assert "No time fits this choice" in nobody


@pytest.mark.parametrize("count", [1, 30])
def test_find_costs_the_same_for_1_and_30_mentors(cast, sign_in, count, django_assert_num_queries):
    mentors_more(cast, count)
    client = sign_in(cast.teacher)

    with django_assert_num_queries(2 + 4):  # the session and the user, and four of its own
        answer = find(client, tool=cast.tool.pk)

    assert len(forms_of(answer.content.decode())) == 3


@pytest.mark.parametrize("count", [1, 30])
def test_find_another_day_or_mentor_costs_the_same_for_1_and_30_mentors(
    cast, sign_in, count, django_assert_num_queries
):
    mentors_more(cast, count)
    client = sign_in(cast.teacher)

    with django_assert_num_queries(2 + 3):
        form = find(client, tool=cast.tool.pk, more=1)
    with django_assert_num_queries(2 + 4):
        times = find(client, tool=cast.tool.pk, mentor=cast.mentor.pk, day="2026-12-03")

    assert form.content.decode().count("<option") == count + 3
    assert {form["mentor"] for form in forms_of(times.content.decode())} == {str(cast.mentor.pk)}


def test_find_teacher_who_is_also_coordinator_books_in_her_own_program(cast, sign_in):
    cast.teacher.roles = [Role.TEACHER, Role.COORDINATOR]
    cast.teacher.save()
    factories.ProgramFactory(school=cast.school, name="Somebody else's", starts_on="2026-01-01")

    page = find(sign_in(cast.teacher), tool=cast.tool.pk).content.decode()

    assert {form["program"] for form in forms_of(page)} == {str(cast.program.pk)}
    assert Participant.objects.filter(person=cast.teacher).count() == 1


def test_find_says_when_no_room_is_in_view(cast, sign_in):
    Room.objects.update(in_view=False)

    page = find(sign_in(cast.teacher), tool=cast.tool.pk).content.decode()

    assert "No room is marked as in view yet." in page
