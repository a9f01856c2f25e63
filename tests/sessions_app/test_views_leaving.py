"""Pages of the next coordinator, and of those whom the roster no longer names."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import schedule_playground
from tests.cast import NOW, TODAY, Cast
from tests.factories import PairingFactory, StudentFactory, UserFactory

SignIn = Callable[[User], Client]
Book = Callable[..., Booking]

pytestmark = pytest.mark.usefixtures("in_november")
C, T, S, A = Role.COORDINATOR, Role.TEACHER, Role.STUDENT, Role.ADMIN


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    return schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=5,
        adult_in_charge=cast.coordinator, mentors=[], day=cast.thursday, period=cast.periods[1], now=NOW,
    )  # fmt: skip


def url(page: str, person: User) -> str:
    return reverse(page, args=[person.pk])


def text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


# The next coordinator


def test_coordinator_page_says_what_passes_and_names(
    cast: Cast, sign_in: SignIn, playground: PlaygroundSession
) -> None:
    cast.school.second_adult = cast.coordinator
    cast.school.save()
    client = sign_in(cast.admin)

    before = text(client.get("/people/coordinator/"))
    after = text(
        client.post("/people/coordinator/", {"successor": cast.teacher.pk, "leaving": cast.coordinator.pk}, follow=True)
    )

    cast.teacher.refresh_from_db(), cast.coordinator.refresh_from_db(), playground.refresh_from_db()
    assert "1 playground to come that June Lane is in charge of" in before
    assert "The part of second adult for calls for help, which June Lane has" in before
    assert "Ana Ortiz is coordinator now. 1 playground passed on." in after
    assert "Ana Ortiz is the second adult too." in after
    assert "June Lane has no role any more." in after
    assert "End the account of June Lane?" in after
    assert (cast.teacher.roles, cast.coordinator.roles) == ([C, T], [])
    assert playground.adult_in_charge == cast.teacher


def test_coordinator_page_keeps_the_hat_by_a_tick(cast: Cast, sign_in: SignIn) -> None:
    form = {"successor": cast.teacher.pk, "leaving": cast.coordinator.pk, "keeps_role": "on"}

    after = text(sign_in(cast.admin).post("/people/coordinator/", form, follow=True))

    cast.coordinator.refresh_from_db()
    assert "Ana Ortiz is coordinator now." in after
    assert "passed on" not in after
    assert "no role any more" not in after
    assert "second adult too" not in after
    assert cast.coordinator.roles == [C]


@pytest.mark.parametrize("who", ["admin", "mentor", "stranger", None])
def test_coordinator_page_offers_and_takes_no_others(cast: Cast, sign_in: SignIn, who: str | None) -> None:
    client = sign_in(cast.admin)

    page = text(client.get("/people/coordinator/"))
    answer = client.post("/people/coordinator/", {"successor": getattr(cast, who).pk if who else ""})

    assert answer.status_code == 422
    assert "Ana Ortiz" in page
    assert "Maya Rahman" not in page
    assert f'value="{cast.admin.pk}"' not in page
    assert list(User.objects.with_role(C).filter(school=cast.school)) == [cast.coordinator]


def test_coordinator_page_lists_the_playgrounds_in_the_way(
    cast: Cast, sign_in: SignIn, book: Book, playground: PlaygroundSession
) -> None:
    book(period=cast.periods[1])

    answer = sign_in(cast.admin).post(
        "/people/coordinator/", {"successor": cast.teacher.pk, "leaving": cast.coordinator.pk}
    )

    cast.teacher.refresh_from_db()
    assert answer.status_code == 422
    assert "Nothing was changed." in text(answer)
    assert "Thursday 3 December" in text(answer)
    assert "Captions" not in text(answer)  # what a playground is about is not an admin's to read
    assert cast.teacher.roles == [T]


def test_coordinator_page_says_why_not(cast: Cast, sign_in: SignIn) -> None:
    form = {"successor": cast.coordinator.pk, "leaving": cast.coordinator.pk}

    answer = sign_in(cast.admin).post("/people/coordinator/", form)

    assert answer.status_code == 422
    assert "Choose two people" in text(answer)


# Who is leaving


@pytest.fixture
def missing(cast: Cast) -> list[User]:
    """Ms Ortiz and Leo, whom the roster no longer names."""
    people = [cast.teacher, cast.other_mentor]
    User.objects.filter(pk__in=[person.pk for person in people]).update(missing_since=TODAY)
    return people


def test_leaving_list_is_empty_without_a_roster(cast: Cast, sign_in: SignIn) -> None:
    assert "Nobody is leaving" in text(sign_in(cast.coordinator).get("/people/leaving/"))


def test_leaving_list_is_read_by_a_coordinator_and_decided_by_an_admin(
    cast: Cast, sign_in: SignIn, book: Book, missing: list[User]
) -> None:
    book()
    User.objects.filter(pk=cast.stranger.pk).update(missing_since=TODAY)

    coordinators = text(sign_in(cast.coordinator).get("/people/leaving/"))
    admins = text(sign_in(cast.admin).get("/people/leaving/"))

    for page in (coordinators, admins):
        assert "Ana Ortiz" in page
        assert "Leo Tran" in page
        assert "1 booking as a teacher is cancelled" in page
        assert "Maya Rahman" not in page
        assert cast.stranger.full_name not in page
    assert "End their accounts" in admins
    assert "End their accounts" not in coordinators


def test_ticked_people_stay(cast: Cast, sign_in: SignIn, missing: list[User]) -> None:
    answer = sign_in(cast.admin).post(
        "/people/leaving/decide/", {"people": [cast.teacher.pk], "decision": "keep"}, follow=True
    )

    assert "1 person stays." in text(answer)
    assert list(User.objects.missing()) == [cast.other_mentor]


def test_ticked_accounts_end_and_one_in_charge_stops_no_other(cast: Cast, sign_in: SignIn, missing: list[User]) -> None:
    schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=5,
        adult_in_charge=cast.teacher, mentors=[], day=cast.thursday, period=cast.periods[1], now=NOW,
    )  # fmt: skip

    answer = sign_in(cast.admin).post(
        "/people/leaving/decide/", {"people": [person.pk for person in missing], "decision": "end"}, follow=True
    )

    cast.teacher.refresh_from_db(), cast.other_mentor.refresh_from_db()
    assert "1 account has ended." in text(answer)
    assert "Ana Ortiz: In charge of a playground to come." in text(answer)
    assert (cast.teacher.is_active, cast.other_mentor.is_active) == (True, False)


def test_nobody_decides_about_oneself_in_a_list(cast: Cast, sign_in: SignIn) -> None:
    UserFactory(school=cast.school, roles=[A])
    User.objects.filter(pk=cast.admin.pk).update(missing_since=TODAY)

    answer = sign_in(cast.admin).post(
        "/people/leaving/decide/", {"people": [cast.admin.pk], "decision": "end"}, follow=True
    )

    assert "Nobody ends their own account." in text(answer)
    assert "has ended" not in text(answer)
    assert User.objects.get(pk=cast.admin.pk).is_active


@pytest.mark.parametrize("who", ["mentor", "stranger"])
@pytest.mark.parametrize("decision", ["end", "keep", "erase"])
def test_decide_takes_only_who_stands_on_the_list(
    cast: Cast, sign_in: SignIn, missing: list[User], who: str, decision: str
) -> None:
    User.objects.filter(pk=cast.stranger.pk).update(missing_since=TODAY)
    person = getattr(cast, who)

    answer = sign_in(cast.admin).post(
        "/people/leaving/decide/", {"people": [cast.teacher.pk, person.pk], "decision": decision}, follow=True
    )

    assert "Tick somebody first." in text(answer)
    assert User.objects.active().filter(pk__in=[person.pk, cast.teacher.pk]).count() == 2
    assert User.objects.missing().filter(pk=cast.teacher.pk).exists()


@pytest.mark.parametrize("count", [1, 30])
def test_leaving_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        person = StudentFactory(school=cast.school, missing_since=TODAY)
        PairingFactory(program=cast.program, student=person)
    client = sign_in(cast.admin)

    with django_assert_num_queries(2 + 2):  # session and person
        assert text(client.get("/people/leaving/")).count("pair as a student") == count


def test_people_page_leads_to_who_is_leaving(cast: Cast, sign_in: SignIn, missing: list[User]) -> None:
    page = text(sign_in(cast.coordinator).get("/people/"))

    assert "2 people are no longer in the roster." in page
    assert reverse("coordinator_name") not in page
    assert reverse("coordinator_name") in text(sign_in(cast.admin).get("/people/"))
