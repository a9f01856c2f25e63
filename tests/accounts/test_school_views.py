"""The rooms of a school."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Room, User
from tests.cast import NOW, Cast
from tests.factories import RoomFactory

SignIn = Callable[[User], Client]
ROOMS = "/school/rooms/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_room_create_and_edit(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    client.post(reverse("room_create"), {"name": "Quiet room", "in_view": "on"})
    room = Room.objects.get(name="Quiet room")
    first = (room.school, room.in_view, room.is_shared)
    answer = client.post(reverse("room_edit", args=[room.pk]), {"name": "Quiet room", "is_shared": "on"}, follow=True)

    room.refresh_from_db()
    assert first == (cast.school, True, False)
    assert (room.in_view, room.is_shared) == (False, True)
    assert "Quiet room" in answer.content.decode()


def test_room_of_a_name_that_exists_is_told(cast: Cast, sign_in: SignIn) -> None:
    RoomFactory(school=cast.stranger.school, name="Theirs")
    client = sign_in(cast.coordinator)

    twice = client.post(reverse("room_create"), {"name": "LIBRARY"})
    fine = client.post(reverse("room_create"), {"name": "Theirs"})

    assert twice.status_code == 422
    assert "This room exists." in twice.content.decode()
    assert fine.status_code == 302


def test_room_of_another_school_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    foreign = RoomFactory(school=cast.stranger.school, name="Theirs")
    client, url = sign_in(cast.coordinator), reverse("room_edit", args=[foreign.pk])

    answers = [client.get(url), client.post(url, {"name": "Mine"})]

    foreign.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert foreign.name == "Theirs"
    assert "Theirs" not in client.get(ROOMS).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_room_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    RoomFactory.create_batch(rows, school=cast.school)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 1):
        client.get(ROOMS)
