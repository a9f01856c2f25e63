"""Two acts on people in the same moment: the second one waits, and then sees what the first one wrote."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import SecretLink, User
from accounts.permissions import Role
from accounts.services import Particulars, Refused, change_person, join_school, mint_link
from accounts.services.account import end_account
from tests.cast import NOW, Cast
from tests.factories import UserFactory
from tests.sessions_app.test_races import one_after_the_other

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "quiet-river-41"


@pytest.mark.parametrize(("second", "comes_in"), [(PASSWORD, True), ("another-river-41", False)])
def test_second_click_on_joining_waits_and_comes_in_with_the_same_password(
    cast: Cast, second: str, comes_in: bool
) -> None:
    cast.teacher.set_unusable_password()
    cast.teacher.save()
    now = clock.now()
    link, secret = mint_link("invitation", holder=cast.teacher, by=None, now=now)
    client = Client()
    client.get(reverse("join_link", args=[secret]))
    form = {"ticket": client.get("/join/").context["ticket"], "password1": second, "password2": second}
    answers = []

    one_after_the_other(
        lambda: join_school(link, password=PASSWORD, now=now), lambda: answers.append(client.post("/join/", form))
    )

    assert answers[0].status_code == (302 if comes_in else 422)
    assert ("_auth_user_id" in client.session) is comes_in
    assert User.objects.get(pk=cast.teacher.pk).check_password(PASSWORD)
    assert SecretLink.objects.exclude(used_at=None).count() == 1


def test_one_address_goes_to_one_of_two_people(cast: Cast) -> None:
    wanted = Particulars(given_name="Ana", family_name="Ortiz", language="en", email="new@example.org")

    def refused() -> None:
        with pytest.raises(Refused, match=r"^This e-mail can't be used\.$"):
            change_person(
                cast.other_teacher, dataclasses.replace(wanted, email="NEW@example.org"), by=cast.admin, now=NOW
            )

    one_after_the_other(lambda: change_person(cast.teacher, wanted, by=cast.admin, now=NOW), refused)

    assert User.objects.get(email__iexact="new@example.org") == cast.teacher


def test_two_admins_who_end_each_other_leave_one(cast: Cast) -> None:
    other = UserFactory(school=cast.school, roles=[Role.ADMIN])

    def refused() -> None:
        with pytest.raises(Refused, match="The last admin keeps this role"):
            end_account(cast.admin, by=other, now=NOW)

    one_after_the_other(lambda: end_account(other, by=cast.admin, now=NOW), refused)

    assert list(User.objects.active().with_role(Role.ADMIN).filter(school=cast.school)) == [cast.admin]
