"""What the page before a download costs, and what a download leaves in the trail."""

import pytest
from django.urls import reverse

from accounts.models import TrailEntry, User
from accounts.permissions import Role
from accounts.reports.trail import trail_page
from accounts.services import Refused
from accounts.templatetags.trail import trail_sentences
from surveys.services import close_wave, send_response
from surveys.services.export import note_export
from tests.surveys.conftest import OPEN, OVER, answers_to


@pytest.mark.parametrize("count", [1, 30])
def test_study_export_costs_the_same_for_1_and_30_answers(
    cast, wave, more_teachers, sign_in, django_assert_num_queries, count
):
    for person in more_teachers(count):
        send_response(wave, person, answers_to(wave), now=OPEN)
    close_wave(wave, now=OVER)
    client = sign_in(cast.admin)

    with django_assert_num_queries(6):
        answer = client.get(reverse("study_export", args=[wave.study_id]))

    # One answer is a group that is too small to leave.
    assert answer.context["contents"].row_count == (30 if count == 30 else 0)


@pytest.fixture
def closed(wave, more_teachers):
    """A wave that 30 people answered, closed."""
    for person in more_teachers(30):
        send_response(wave, person, answers_to(wave), now=OPEN)
    close_wave(wave, now=OVER)
    return wave


def downloads():
    return TrailEntry.objects.filter(act="export")


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([Role.ADMIN], "Dr Amin downloaded the answers to the study {}."),
        (
            [Role.ADMIN, Role.COORDINATOR],
            "Dr Amin downloaded the answers to the study {}, and as a coordinator knows the names too.",
        ),
    ],
)
def test_a_download_stands_in_the_trail(cast, closed, sign_in, roles, words):
    User.objects.filter(pk=cast.admin.pk).update(roles=roles)

    answer = sign_in(cast.admin).get(reverse("study_export_csv", args=[closed.study_id]))

    page = trail_page(cast.coordinator, kind="surveys.Study")
    assert b"".join(answer.streaming_content).count(b"\n") > 30
    assert (page.entries[0].made_by_id, page.entries[0].origin) == (cast.admin.pk, "study_export_csv")
    assert trail_sentences(page.entries[0], page) == [words.format(closed.study.title)]
    assert downloads().count() == 1


def test_what_is_held_back_and_what_is_only_asked_about_leaves_nothing(cast, closed, wave, sign_in):
    client = sign_in(cast.admin)

    client.head(reverse("study_export_csv", args=[closed.study_id]))
    client.get(reverse("study_export", args=[closed.study_id]))
    client.get(reverse("study_codebook_csv", args=[closed.study_id]))

    assert not downloads().exists()


def test_a_study_with_too_few_answers_leaves_nothing(cast, wave, sign_in):
    assert sign_in(cast.admin).get(reverse("study_export_csv", args=[wave.study_id])).status_code == 409
    assert not downloads().exists()


@pytest.mark.parametrize("who", ["coordinator", "teacher", "stranger_coordinator"])
def test_only_who_may_export_is_noted(cast, wave, who):
    with pytest.raises(Refused):
        note_export(wave.study, by=getattr(cast, who))

    assert not downloads().exists()
