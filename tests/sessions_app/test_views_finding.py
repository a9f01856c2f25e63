"""Finding a time and booking it, through the pages."""

import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message, Room
from accounts.permissions import Role
from mentorship.models import Availability, MentorTool, Participant, Tool
from sessions_app.models import Booking
from tests import factories

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def wish(cast):
    """What the form of one proposal sends."""
    return {
        "program": cast.program.pk,
        "tool": cast.tool.pk,
        "learners": "eb",
        "mentor": cast.mentor.pk,
        "day": cast.thursday.isoformat(),
        "period": cast.periods[3].pk,
        "room": cast.room.pk,
        "goal": "Persuasive texts",
        "request_key": str(uuid.uuid4()),
    }


def find(client, **asked):
    return client.get(reverse("booking_find"), asked)


def forms_of(page):
    """The hidden fields of each proposal's form on a page."""
    forms = re.findall(r'(?s)<form method="post" action="([^"]*)">(.*?)</form>', page)
    return [
        dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        for _action, form in forms
        if "period" in form
    ]


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

    assert find(client, tool=foreign.pk).status_code == 404
    assert find(client, tool=cast.tool.pk, mentor=outsider.pk).status_code == 404
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
        factories.ConsentFactory(person=person, recorded_by=cast.coordinator)
        MentorTool.objects.create(mentor=factories.MentorFactory(user=person), tool=cast.tool)
        Availability.objects.bulk_create(
            Availability(person=person, day_type=cast.day_type, period=period) for period in cast.periods
        )


@pytest.mark.parametrize("count", [1, 30])
def test_find_costs_the_same_for_1_and_30_mentors(cast, sign_in, count, django_assert_num_queries):
    mentors_more(cast, count)
    client = sign_in(cast.teacher)

    with django_assert_num_queries(8):
        answer = find(client, tool=cast.tool.pk)

    assert len(forms_of(answer.content.decode())) == 3


def test_create_books_and_says_so(cast, sign_in, wish):
    client = sign_in(cast.teacher)

    answer = client.post(reverse("booking_create"), wish, follow=True)

    booking = Booking.objects.get()
    assert (booking.teacher, booking.mentor, booking.room) == (cast.teacher, cast.mentor, cast.room)
    assert (booking.starts_at, booking.ends_at) == cast.span()
    assert "Booked. Maya R. knows" in answer.content.decode()


def test_create_twice_with_one_key_books_once(cast, sign_in, wish):
    client = sign_in(cast.teacher)

    first = client.post(reverse("booking_create"), wish)
    second = client.post(reverse("booking_create"), wish)

    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_create_taken_time_answers_409_with_three_others_that_can_be_booked(cast, sign_in, wish, book):
    book(teacher=cast.other_teacher, room=cast.other_room)
    client = sign_in(cast.teacher)

    answer = client.post(reverse("booking_create"), wish)

    others = forms_of(answer.content.decode())
    assert answer.status_code == 409
    assert "That time was just taken" in answer.content.decode()
    assert len(others) == 3
    assert {(one["learners"], one["goal"]) for one in others} == {("eb", "Persuasive texts")}
    assert client.post(reverse("booking_create"), others[0]).status_code == 302
    assert Booking.objects.filter(teacher=cast.teacher, goal="Persuasive texts").count() == 1


def test_create_forbidden_by_a_rule_answers_422_with_the_reason_and_keeps_the_goal(cast, sign_in, wish):
    Availability.objects.filter(person=cast.mentor).delete()

    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Maya R. is not free in 4. period." in page
    assert 'value="Persuasive texts"' in page
    assert not Booking.objects.exists()


def foreign_row(cast, field):
    """A row of the other school for this field of the form."""
    school = cast.stranger.school
    program = factories.ProgramFactory(school=school)
    student = factories.StudentFactory(school=school)
    factories.ParticipantFactory(program=program, person=student)
    rows = {
        "program": program,
        "tool": factories.ToolFactory(school=school),
        "mentor": student,
        "period": factories.PeriodFactory(school=school),
        "room": factories.RoomFactory(school=school, name="Secret room"),
    }
    return rows[field]


@pytest.mark.parametrize("field", ["program", "tool", "mentor", "period", "room"])
def test_create_with_a_swapped_id_books_nothing(cast, sign_in, wish, field):
    foreign = foreign_row(cast, field)

    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {field: foreign.pk})

    assert answer.status_code == 422
    assert not Booking.objects.exists()
    assert "Secret room" not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("day", "tomorrow"), ("learners", "boys"), ("request_key", "1"), ("goal", "x" * 301)]
)
def test_create_with_a_wrong_value_books_nothing(cast, sign_in, wish, field, value):
    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {field: value})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_create_with_a_colleague_as_mentor_books_nothing(cast, sign_in, wish):
    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {"mentor": cast.other_teacher.pk})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_create_by_get_is_not_allowed(cast, sign_in):
    assert sign_in(cast.teacher).get(reverse("booking_create")).status_code == 405


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
