"""Papers of many students, recorded on one page."""

import datetime as dt
import html
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import Consent, Guardian, SchoolClass, User
from tests.cast import NOW, Cast
from tests.factories import ConsentFactory, StudentFactory

SignIn = Callable[[User], Client]
BOARD, BATCH = "/consents/", "/consents/papers/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without any consent, whose guardian reads Arabic and has an address."""
    student = StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")
    Guardian.objects.create(student=student, name="Rana Khoury", language="ar", email="rana@example.org")
    return student


def batch(cast: Cast, *people: User, **changes: object) -> dict[str, object]:
    """What the page of an afternoon sends: the papers of these students are here."""
    rows: dict[str, object] = {"given_on": "2026-11-20", "purposes": ["take_part"]}
    for person in people:
        name = f"p{person.pk}"
        rows |= {
            f"{name}-is_signed": "on", f"{name}-has_student_signed": "on",
            f"{name}-guardian_name": f"Guardian of {person.given_name}", f"{name}-guardian_language": "es",
        }  # fmt: skip
    return rows | changes


def test_batch_records_the_ticked_papers(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    other = StudentFactory(school=cast.school, given_name="Zoe")
    client = sign_in(cast.coordinator)

    page = client.get(BATCH).content.decode()
    done = client.post(BATCH, batch(cast, newcomer), follow=True).content.decode()

    assert "Rana Khoury" in page, "the guardian who is known is proposed"
    assert "Maya Rahman" not in page
    assert "1 paper is recorded." in done
    assert User.objects.may_take_part().filter(pk=newcomer.pk).exists()
    assert not other.consents.exists()
    assert newcomer.consents.get(given_by="guardian").given_on == dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("given_by", "words"),
    [("guardian", "What is missing is the student's yes."), ("self", "What is missing is a guardian's yes.")],
)
def test_batch_says_which_half_is_there(cast: Cast, sign_in: SignIn, newcomer: User, given_by: str, words: str) -> None:
    client = sign_in(cast.coordinator)
    before = client.get(BATCH).content.decode()
    ConsentFactory(person=newcomer, given_by=given_by)

    page = client.get(BATCH).content.decode()

    assert words not in html.unescape(before)
    assert words in html.unescape(page)


def test_batch_of_a_class_shows_its_students_only(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    StudentFactory(school=cast.school, given_name="Zoe", family_name="Elsewhere")
    group = SchoolClass.objects.create(school=cast.school, name="7A")
    group.students.add(newcomer, cast.mentor)
    client = sign_in(cast.coordinator)

    page = client.get(f"{BATCH}?class={group.pk}").content.decode()
    nonsense = client.get(f"{BATCH}?class=x").content.decode()

    assert "Sami Khoury" in page
    assert "Elsewhere" not in page
    assert "Elsewhere" in nonsense


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_on": "2026-11-23"}, "in the future"),
        ({"purposes": []}, "Choose at least one."),
        ({"name": ""}, "Write the name of the one who signed."),
        ({"name": "June Lane"}, "Nobody records a consent for themselves."),
        ({"is_signed": ""}, "Tick too that a guardian signed"),
        ({"is_signed": "", "has_student_signed": ""}, "Tick the students whose paper is here."),
    ],
)
def test_batch_with_something_wrong_writes_nothing_and_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, newcomer: User, changes: dict[str, object], words: str
) -> None:
    other = StudentFactory(school=cast.school, given_name="Zoe")
    sent = batch(cast, newcomer, other)
    for name, value in changes.items():
        if name in ("name", "is_signed", "has_student_signed"):
            for person in (newcomer,) if name == "name" else (newcomer, other):
                sent[f"p{person.pk}-{'guardian_name' if name == 'name' else name}"] = value
        else:
            sent[name] = value

    answer = sign_in(cast.coordinator).post(BATCH, sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Guardian of Zoe"' in page
    assert not Consent.objects.filter(person__in=[newcomer, other]).exists()


def test_batch_names_at_its_top_whose_row_is_wrong(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    sent = batch(cast, newcomer) | {f"p{newcomer.pk}-guardian_name": ""}

    page = sign_in(cast.coordinator).post(BATCH, sent).content.decode()

    alert = page[page.index("data-form-errors") : page.index("</ul>", page.index("data-form-errors"))]
    assert f'href="#p{newcomer.pk}"' in alert
    assert newcomer.full_name in alert
    assert "Write the name of the one who signed." in alert


def test_batch_when_nobody_is_missing_says_so(cast: Cast, sign_in: SignIn) -> None:
    assert "No paper is missing" in sign_in(cast.coordinator).get(BATCH).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_batch_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        Guardian.objects.create(student=StudentFactory(school=cast.school), name="Rana")
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 3):  # type: ignore[attr-defined]  # session and person
        client.get(BATCH)
