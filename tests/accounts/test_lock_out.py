"""Too many wrong passwords close a sign-in, under every name of the person; staff open it again."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from accounts.reports.lock_out import is_locked_out, lock_out_of
from accounts.services import Refused
from accounts.services.lock_out import clear_lock_out
from accounts.services.sign_in_card import print_cards, use_card
from tests.cast import NOW, Cast
from tests.factories import TeacherFactory, UserFactory

SignIn = Callable[[User], Client]
RIGHT = "quiet-river-41"


@pytest.fixture
def teacher(cast: Cast) -> User:
    cast.teacher.set_password(RIGHT)
    cast.teacher.save()
    return cast.teacher


def try_in(name: str, password: str, host: str = "localhost") -> Client:
    client = Client(headers={"host": host})
    client.page = client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def lock(name: str, times: int = 5) -> None:
    for number in range(times):
        try_in(name, f"wrong-{number}")


class TestLocking:
    def test_two_hundred_wrong_passwords_lock_until_a_coordinator_clears(
        self, cast: Cast, teacher: User, sign_in: SignIn
    ) -> None:
        lock("ortiz", times=200)

        assert not is_in(try_in("ortiz", RIGHT))

        sign_in(cast.coordinator).post(reverse("lock_out_clear", args=[teacher.pk]))

        assert is_in(try_in("ortiz", RIGHT))

    @pytest.mark.parametrize("name", ["ortiz", "ortiz@example.org", "nobody"])
    def test_lock_says_what_to_do_and_not_who_is_there(self, teacher: User, name: str) -> None:
        lock(name)

        page = try_in(name, RIGHT).page.content.decode()

        assert "Try again in 5 minutes, or ask your coordinator" in page

    def test_four_wrong_ones_lock_nobody(self, teacher: User) -> None:
        lock("ortiz", times=4)

        assert not is_locked_out(teacher)
        assert is_in(try_in("ortiz", RIGHT))

    @pytest.mark.parametrize("spelling", ["ORTIZ", " Ortiz ", "ortız"])
    def test_other_spellings_of_a_name_are_the_same_name(self, teacher: User, spelling: str) -> None:
        lock(spelling)

        assert not is_in(try_in("ortiz", RIGHT))
        assert is_locked_out(teacher)

    def test_another_host_of_ours_is_no_way_around(self, teacher: User) -> None:
        for number in range(5):
            try_in("ortiz", f"wrong-{number}", host="127.0.0.1")

        assert not is_in(try_in("ortiz", RIGHT, host="localhost"))

    def test_one_lock_leaves_others_alone(self, cast: Cast, teacher: User) -> None:
        lock("haddad")

        assert is_in(try_in("ortiz", RIGHT))
        assert not is_locked_out(teacher)
        assert is_locked_out(cast.other_teacher)

    def test_many_other_names_do_not_push_a_lock_out_of_memory(self, teacher: User) -> None:
        lock("ortiz")

        for number in range(400):
            cache.set(f"0-another-{number}", "x", 300)

        assert is_locked_out(teacher)


class TestClearing:
    @pytest.mark.parametrize("name", ["ortiz", "ortiz@example.org"])
    def test_all_names_of_the_person_are_cleared(self, cast: Cast, teacher: User, name: str) -> None:
        lock(name)
        assert is_locked_out(teacher)

        clear_lock_out(teacher, by=cast.coordinator)

        assert not is_locked_out(teacher)
        assert is_in(try_in(name, RIGHT))

    def test_wrong_card_codes_are_cleared_too(self, cast: Cast) -> None:
        for _time in range(11):
            Client().post(reverse("card_open"), {"user_name": "maya", "code": "2" * 12})
        assert is_locked_out(cast.mentor)

        clear_lock_out(cast.mentor, by=cast.coordinator)

        assert not is_locked_out(cast.mentor)
        answer = Client().post(reverse("card_open"), {"user_name": "maya", "code": "2" * 12})
        assert answer.status_code == 422

    def test_a_new_password_by_card_clears_the_lock(self, cast: Cast) -> None:
        lock("maya")
        print_cards([cast.mentor], by=cast.coordinator, now=NOW)
        link = cast.mentor.secret_links.get()

        use_card(link, password=RIGHT, now=NOW)

        assert is_in(try_in("maya", RIGHT))

    def test_what_is_counted_for_the_whole_address_stays(self, cast: Cast, teacher: User) -> None:
        lock("ortiz")
        before = cache.get("allauth:rl:allauth.account:login_failed:200/60/ip:ip:127.0.0.1")

        clear_lock_out(teacher, by=cast.coordinator)

        assert len(before) == 5
        assert cache.get("allauth:rl:allauth.account:login_failed:200/60/ip:ip:127.0.0.1") == before

    @pytest.mark.parametrize(
        ("who", "roles", "is_cleared"),
        [
            ("coordinator", [Role.TEACHER], True),
            ("coordinator", [Role.STUDENT], True),
            ("coordinator", [Role.ADMIN], False),
            ("coordinator", [Role.TEACHER, Role.ADMIN], False),
            ("coordinator", [Role.COORDINATOR], False),
            ("admin", [Role.ADMIN], True),
            ("admin", [Role.COORDINATOR], True),
            ("admin", [Role.STUDENT], True),
            ("other_teacher", [Role.TEACHER], False),
            ("stranger_coordinator", [Role.TEACHER], False),
        ],
    )
    def test_who_clears_whom(self, cast: Cast, who: str, roles: list[Role], is_cleared: bool) -> None:
        person = UserFactory(school=cast.school, username="locked", roles=roles)
        lock("locked")
        by = getattr(cast, who)

        if is_cleared:
            clear_lock_out(person, by=by)
        else:
            with pytest.raises(Refused):
                clear_lock_out(person, by=by)

        assert is_locked_out(person) != is_cleared
        assert lock_out_of(person, reader=by) == {"is_locked": not is_cleared, "can_clear": is_cleared}


class TestPage:
    def test_clearing_says_so(self, cast: Cast, teacher: User, sign_in: SignIn) -> None:
        response = sign_in(cast.coordinator).post(reverse("lock_out_clear", args=[teacher.pk]), follow=True)

        assert "Ana Ortiz can sign in again." in response.content.decode()

    def test_page_of_the_person_says_it_and_offers_the_key(self, cast: Cast, teacher: User, sign_in: SignIn) -> None:
        address, key = reverse("person_detail", args=[teacher.pk]), reverse("lock_out_clear", args=[teacher.pk])
        client = sign_in(cast.coordinator)
        before = client.get(address).content.decode()
        lock("ortiz")

        after = client.get(address).content.decode()

        assert "Sign-in is closed" not in before
        assert key not in before
        assert "Sign-in is closed" in after
        assert key in after

    def test_coordinator_reads_of_an_admins_lock_without_a_key(self, cast: Cast, sign_in: SignIn) -> None:
        lock("amin")

        page = sign_in(cast.coordinator).get(reverse("person_detail", args=[cast.admin.pk])).content.decode()

        assert "Sign-in is closed" in page
        assert reverse("lock_out_clear", args=[cast.admin.pk]) not in page

    def test_coordinator_does_not_clear_an_admin(self, cast: Cast, sign_in: SignIn) -> None:
        lock("amin")

        response = sign_in(cast.coordinator).post(reverse("lock_out_clear", args=[cast.admin.pk]))

        assert response.status_code == 403
        assert is_locked_out(cast.admin)

    def test_person_of_another_school_is_nobody(self, cast: Cast, sign_in: SignIn) -> None:
        stranger = TeacherFactory(school=cast.stranger.school, username="locked")
        lock("locked")

        response = sign_in(cast.admin).post(reverse("lock_out_clear", args=[stranger.pk]))

        assert response.status_code == 404
        assert is_locked_out(stranger)
