"""A mentor on duty says "I helped somebody": a draft in the log, finished on the home page, seen by nobody else."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.services import Refused
from mentorship.models import HelpEntry
from sessions_app.models import PlaygroundSession
from sessions_app.reports.walk_up import tool_of, tools_of
from sessions_app.services import check_in_by_hand, note_walk_up, sign_up
from tests import factories
from tests.cast import NOW, Cast

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def playground(cast, schedule):
    """Ms Ortiz comes, Maya is on duty, Mr Haddad is in charge; Ms Ortiz has checked in."""
    made = schedule(adult_in_charge=cast.other_teacher, places=3)
    sign_up(made, by=cast.teacher, now=NOW)
    check_in_by_hand(made, person=cast.teacher, by=cast.coordinator, now=made.starts_at)
    return made


@pytest.fixture
def at_the_start(playground):
    """The clock of the edges stands a few minutes after its beginning."""
    with time_machine.travel(playground.starts_at + 5 * MINUTE, tick=False):
        yield


def helped(client, playground, **sent):
    return client.post(reverse("playground_helped", args=[playground.pk]), sent)


def facts(cast: Cast, playground: PlaygroundSession, **differences: object) -> dict:
    given = {"teacher": cast.teacher, "tool": cast.tool, "by": cast.mentor, "now": playground.starts_at}
    return given | differences


# The service


def test_draft_is_joined_to_the_teachers_attendance_once(cast: Cast, playground: PlaygroundSession) -> None:
    first = note_walk_up(playground, **facts(cast, playground))
    again = note_walk_up(playground, **facts(cast, playground))
    with_more = note_walk_up(playground, **facts(cast, playground, tool=factories.ToolFactory(school=cast.school)))

    assert again == first
    assert (first.state, first.minutes, list(first.tools.all())) == ("draft", 10, [cast.tool])
    assert with_more != first
    assert playground.attendances.get(person=cast.teacher).help_entry == first


def test_draft_for_a_teacher_who_did_not_check_in_stands_alone(cast: Cast, playground: PlaygroundSession) -> None:
    entry = note_walk_up(playground, **facts(cast, playground, teacher=cast.other_teacher))

    assert entry.teacher == cast.other_teacher
    assert not playground.attendances.exclude(help_entry=None).exists()


@pytest.mark.parametrize("who", ["other_mentor", "teacher", "coordinator", "stranger"])
def test_only_a_mentor_on_duty_begins_a_log(cast: Cast, playground: PlaygroundSession, who: str) -> None:
    with pytest.raises(Refused):
        note_walk_up(playground, **facts(cast, playground, by=getattr(cast, who)))

    assert not HelpEntry.objects.exists()


@pytest.mark.parametrize("minutes", [-1, 45 + 60])
def test_log_begins_only_from_the_start_until_an_hour_after(
    cast: Cast, playground: PlaygroundSession, minutes: int
) -> None:
    now = playground.starts_at + minutes * MINUTE

    with pytest.raises(Refused, match="for an hour after"):
        note_walk_up(playground, **facts(cast, playground, now=now))

    assert not HelpEntry.objects.exists()


def test_log_of_somebody_outside_the_program_or_with_a_foreign_tool_is_refused(
    cast: Cast, playground: PlaygroundSession
) -> None:
    for change in ({"teacher": cast.stranger}, {"tool": factories.ToolFactory(school=cast.stranger.school)}):
        with pytest.raises(Refused):
            note_walk_up(playground, **facts(cast, playground, **change))

    assert not HelpEntry.objects.exists()


def test_tool_is_known_from_the_own_station_or_where_there_is_only_one(
    cast: Cast, playground: PlaygroundSession
) -> None:
    duty = playground.duties.get(person=cast.mentor)
    duty.station, other = None, factories.ToolFactory(school=cast.school)
    alone = tool_of(duty, tools_of(playground))
    station = playground.stations.create(tool=other, position=2)
    roaming = tool_of(duty, tools_of(playground))
    duty.station = station
    placed = tool_of(duty, tools_of(playground))

    assert (alone, roaming, placed) == (cast.tool, None, other)


def test_tools_of_a_playground_without_stations_are_those_of_the_school(
    cast: Cast, playground: PlaygroundSession
) -> None:
    playground.stations.all().delete()
    factories.ToolFactory(school=cast.stranger.school)

    assert tools_of(playground) == [cast.tool]


# The pages


@pytest.mark.usefixtures("at_the_start")
def test_mentor_notes_help_in_one_tap_and_finishes_it_at_home(cast, sign_in, playground):
    client = sign_in(cast.mentor)
    page = client.get(reverse("playground_helped", args=[playground.pk]))
    answer = helped(client, playground, tool=cast.tool.pk, teacher=cast.teacher.pk)
    home = client.get(answer.url).content.decode()
    entry = HelpEntry.objects.get()
    sent = {"minutes": entry.minutes, "tools": cast.tool.pk, "done": ["showed"], "outcome": "solved"}

    done = client.post(reverse("help_entry_edit", args=[entry.pk]), sent)

    assert page.context["form"].initial["tool"] == cast.tool.pk
    assert answer.url == reverse("home")
    assert "Finish it: how did you help Ms Ortiz?" in home
    assert done.status_code == 302
    assert HelpEntry.objects.get().state == HelpEntry.State.SUBMITTED
    assert "Finish it" not in client.get(reverse("home")).content.decode()


@pytest.mark.usefixtures("at_the_start")
def test_draft_is_seen_by_nobody_but_the_student(cast, sign_in, playground):
    entry = note_walk_up(playground, **facts(cast, playground))
    url = reverse("help_entry_detail", args=[entry.pk])

    seen = {who: sign_in(getattr(cast, who)).get(url).status_code for who in ("mentor", "teacher", "coordinator")}

    assert seen == {"mentor": 200, "teacher": 404, "coordinator": 404}


@pytest.mark.usefixtures("at_the_start")
def test_page_names_who_checked_in_and_finds_others_by_name(cast, sign_in, playground):
    client, url = sign_in(cast.mentor), reverse("playground_helped", args=[playground.pk])

    first = client.get(url).content.decode()
    found = client.get(url, {"name": "hadd"}).content.decode()
    nobody = client.get(url, {"name": "Rahman"}).content.decode()
    too_short = client.get(url, {"name": "h"}).content.decode()

    assert (f'value="{cast.teacher.pk}"' in first, f'value="{cast.other_teacher.pk}"' in first) == (True, False)
    assert f'name="teacher" value="{cast.other_teacher.pk}"' in found
    assert "Mr Haddad" in found
    for page in (nobody, too_short):
        assert "Nobody of this program has that name." in page
        assert "Mr Haddad" not in page


@pytest.mark.usefixtures("at_the_start")
def test_page_without_a_tool_says_so_and_begins_nothing(cast, sign_in, playground):
    answer = helped(sign_in(cast.mentor), playground, teacher=cast.teacher.pk)

    assert (answer.status_code, "Tap a tool first." in answer.content.decode()) == (422, True)
    assert not HelpEntry.objects.exists()


@pytest.mark.usefixtures("at_the_start")
def test_page_takes_no_foreign_teacher_and_no_foreign_tool(cast, sign_in, playground):
    client, foreign = sign_in(cast.mentor), factories.ToolFactory(school=cast.stranger.school)

    for sent in (
        {"teacher": cast.stranger.pk, "tool": cast.tool.pk},
        {"teacher": cast.teacher.pk, "tool": foreign.pk},
        {"teacher": cast.coordinator.pk, "tool": cast.tool.pk},
    ):
        assert helped(client, playground, **sent).status_code == 422

    assert not HelpEntry.objects.exists()


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize(("who", "status"), [("other_mentor", 404), ("teacher", 403), ("coordinator", 403)])
def test_page_is_for_mentors_on_duty(cast, sign_in, playground, who, status):
    client = sign_in(getattr(cast, who))

    assert client.get(reverse("playground_helped", args=[playground.pk])).status_code == status
    assert helped(client, playground, tool=cast.tool.pk, teacher=cast.teacher.pk).status_code == status
    assert not HelpEntry.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(-1, 404), (0, 200), (45 + 59, 200), (45 + 60, 404)])
def test_page_stands_while_it_runs_and_an_hour_after(cast, sign_in, playground, minutes, status):
    with time_machine.travel(playground.starts_at + minutes * MINUTE, tick=False):
        client, url = sign_in(cast.mentor), reverse("playground_helped", args=[playground.pk])

        assert client.get(url).status_code == status
        detail = client.get(reverse("playground_detail", args=[playground.pk])).content.decode()
        assert (f'href="{url}"' in detail) is (status == 200)


@pytest.mark.usefixtures("at_the_start")
def test_home_leads_to_it_while_the_playground_runs(cast, sign_in, playground):
    url = reverse("playground_helped", args=[playground.pk])

    during = sign_in(cast.mentor).get(reverse("home")).content.decode()
    with time_machine.travel(playground.starts_at - MINUTE, tick=False):
        before = sign_in(cast.mentor).get(reverse("home")).content.decode()

    assert (f'href="{url}"' in during, f'href="{url}"' in before) == (True, False)


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_for_1_and_30_teachers(cast, sign_in, playground, count, django_assert_num_queries):
    for number in range(count):
        teacher = factories.TeacherFactory(school=cast.school, family_name=f"Haddad {number}")
        factories.ParticipantFactory(program=cast.program, person=teacher, role="teacher")
        playground.attendances.create(person=teacher, checked_in_at=NOW)
        playground.stations.create(tool=factories.ToolFactory(school=cast.school), position=1)
    client = sign_in(cast.mentor)

    with django_assert_num_queries(8):
        page = client.get(reverse("playground_helped", args=[playground.pk])).content.decode()

    assert page.count('name="teacher"') == 1 + count
