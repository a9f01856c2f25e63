"""What the page before a download costs."""

import pytest
from django.urls import reverse

from surveys.services import close_wave, send_response
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
