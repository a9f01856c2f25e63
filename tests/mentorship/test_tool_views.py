"""The page of the school's tools."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentorship.models import Tool
from tests.cast import Cast

SignIn = Callable[[User], Client]


def test_tool_list_adds_a_tool_once(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.coordinator), reverse("tool_list")

    added = client.post(url, {"name": "Voice typing", "support": "dictation"}, follow=True)
    again = client.post(url, {"name": "voice typing", "support": "dictation"})
    unknown = client.post(url, {"name": "Other", "support": "magic"})

    assert "Voice typing is in the list now." in added.content.decode()
    assert (again.status_code, unknown.status_code) == (422, 422)
    assert "in the list already" in again.content.decode()
    assert set(Tool.objects.values_list("name", flat=True)) == {"Immersive Reader", "Voice typing"}


def test_tool_install_fills_the_list_of_the_own_school(cast: Cast, sign_in: SignIn) -> None:
    empty = sign_in(cast.stranger_coordinator).get(reverse("tool_list")).content.decode()

    response = sign_in(cast.stranger_coordinator).post(reverse("tool_install"), follow=True)

    assert "No tools yet" in empty
    assert "Live captions" in response.content.decode()
    assert Tool.objects.filter(school=cast.school).count() == 1
    assert sign_in(cast.teacher).post(reverse("tool_install")).status_code == 403
