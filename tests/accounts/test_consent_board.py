"""Who is missing what; asking by mail and by letter; an afternoon's papers."""

import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Consent, Guardian, Message, SchoolClass, SecretLink, User
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.consent_chase import chase_guardians, print_letters
from accounts.services.delivery import deliver_due
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, StudentFactory, TeacherFactory, agree_to_surveys

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


def names_on(page: str) -> set[str]:
    return {name for name in ("Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz", "June Lane") if name in page}


def test_board_shows_who_said_what_and_counts(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    ConsentFactory(person=cast.mentor, purpose="research_use", is_refusal=True, withdrawn_on=dt.date(2026, 9, 1))

    page = sign_in(cast.coordinator).get(BOARD)

    counts = {(count.label, count.reader): count for count in page.context["counts"]}
    take_part = counts["take part in the program", "guardians"]
    assert (take_part.yes, take_part.no, take_part.missing) == (2, 0, 1)
    assert counts["use of the answers in research", "guardians"].no == 1
    assert ("take part in the program", "teachers") not in counts
    body = page.content.decode()
    assert names_on(body) == {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"} or "June Lane" in body
    assert reverse("consent_record", args=[newcomer.pk]) in body


def test_board_of_an_admin_tells_has_or_has_not_and_nothing_else(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    ConsentFactory(person=cast.mentor, purpose="research_use", is_refusal=True, withdrawn_on=dt.date(2026, 9, 1))

    client = sign_in(cast.admin)
    page = client.get(BOARD).content.decode()
    filtered = client.get(f"{BOARD}?show=guardian&purpose=research_use").content.decode()

    assert "Sami Khoury" in page
    assert "not yet: take part in the program" in page
    assert "no: " not in page
    assert "Maya Rahman" in filtered, "who said no is not told from who said nothing"
    assert "Rana Khoury" not in page
    assert reverse("consent_record", args=[newcomer.pk]) not in page
    assert 'name="student"' not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("show=missing&purpose=take_part", {"Sami Khoury"}),
        ("purpose=take_part", {"Sami Khoury"}),
        ("show=guardian&purpose=research_use", {"Sami Khoury", "Maya Rahman"}),
        ("show=self&purpose=research_use", {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"}),
        ("show=nonsense", {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"}),
    ],
)
def test_board_is_filtered_by_what_is_missing(
    cast: Cast, sign_in: SignIn, newcomer: User, query: str, shown: set[str]
) -> None:
    ConsentFactory(person=cast.other_mentor, purpose="research_use")

    lines = sign_in(cast.coordinator).get(f"{BOARD}?{query}").context["page"].object_list

    assert {line.person.full_name for line in lines} & {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"} == shown


def test_board_is_filtered_by_class_for_the_coordinator_alone(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    group = SchoolClass.objects.create(school=cast.school, name="7A")
    group.students.add(newcomer)
    foreign = SchoolClass.objects.create(school=cast.stranger.school, name="Theirs")
    coordinator, admin = sign_in(cast.coordinator), sign_in(cast.admin)

    mine = coordinator.get(f"{BOARD}?school_class={group.pk}")
    theirs = coordinator.get(f"{BOARD}?school_class={foreign.pk}")
    admins = admin.get(f"{BOARD}?school_class={group.pk}")

    assert [line.person for line in mine.context["page"]] == [newcomer]
    assert "Theirs" not in theirs.content.decode()
    assert len(theirs.context["page"].object_list) > 1
    assert "7A" not in admins.content.decode()


def test_board_without_anybody_leads_to_the_roster(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(school=cast.school, roles__overlap=[Role.STUDENT, Role.TEACHER]).update(is_active=False)
    client = sign_in(cast.coordinator)

    assert "Nobody is here yet" in client.get(BOARD).content.decode()
    assert "Nobody fits" in client.get(f"{BOARD}?show=missing").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_board_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        ConsentFactory(person=StudentFactory(school=cast.school), recorded_by=cast.coordinator)
        agree_to_surveys(TeacherFactory(school=cast.school))
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 4):  # type: ignore[attr-defined]  # session and person
        client.get(BOARD)


def test_chase_mails_a_link_to_each_guardian_with_an_address(
    cast: Cast, newcomer: User, mailoutbox: list[object]
) -> None:
    Guardian.objects.create(student=newcomer, name="Nabil Khoury")

    asked = chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    waiting = Message.objects.get(kind="guardian_consent")
    deliver_due(now=lambda: NOW)

    link = SecretLink.objects.get(purpose="guardian_consent")
    letter = mailoutbox[0]
    assert (asked.mails, asked.too_soon, asked.without_address) == (1, 0, 0)
    assert (waiting.guardian.name, waiting.context["student"]) == ("Rana Khoury", "Sami")
    assert link.guardian == waiting.guardian
    assert letter.to == ["rana@example.org"]  # type: ignore[attr-defined]
    assert "/guardian/" in letter.body  # type: ignore[attr-defined]
    assert "{secret}" not in letter.body  # type: ignore[attr-defined]
    assert "Sami" in letter.body  # type: ignore[attr-defined]
    assert "Khoury" not in letter.body.replace("Rana Khoury", "")  # type: ignore[attr-defined]


def test_chase_within_three_days_leaves_the_guardian_in_peace_and_later_asks_again(cast: Cast, newcomer: User) -> None:
    def chase(after: dt.timedelta) -> tuple[int, int]:
        asked = chase_guardians([newcomer], by=cast.coordinator, now=NOW + after)
        return asked.mails, asked.too_soon

    rounds = [chase(dt.timedelta(days=days)) for days in (0, 2, 3)]

    assert rounds == [(1, 0), (0, 1), (1, 0)]


def test_chase_for_other_words_does_not_wait(cast: Cast, newcomer: User) -> None:
    cast.school.consent_texts.exclude(purpose="take_part").delete()
    chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    ConsentTextFactory(school=cast.school, version=2, asks_again=True, approved_at=NOW)

    again = chase_guardians([newcomer], by=cast.coordinator, now=NOW)

    assert (again.mails, again.too_soon) == (1, 0)


def test_chase_that_was_cancelled_does_not_count(cast: Cast, newcomer: User) -> None:
    chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    Message.objects.update(state=Message.State.CANCELLED)

    assert chase_guardians([newcomer], by=cast.coordinator, now=NOW).mails == 1


def test_chase_leaves_out_who_has_answered_who_has_no_address_and_drafts(cast: Cast, newcomer: User) -> None:
    for purpose in Consent.Purpose.values:
        ConsentFactory(person=newcomer, purpose=purpose, is_refusal=True, withdrawn_on=TODAY)

    answered = chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    without = chase_guardians([cast.mentor], by=cast.coordinator, now=NOW)
    on_request = chase_guardians([newcomer], by=cast.coordinator, now=NOW, all_purposes=True)
    cast.school.consent_texts.update(approved_at=None, approved_by=None)
    drafts = chase_guardians([newcomer], by=cast.coordinator, now=NOW + dt.timedelta(days=9), all_purposes=True)

    assert (answered.mails, answered.without_address) == (0, 0)
    assert (without.mails, without.without_address) == (0, 1)
    assert on_request.mails == 1
    assert drafts.mails == 0


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_chase_and_letters_by_others_are_refused(cast: Cast, newcomer: User, who: str) -> None:
    with pytest.raises(Refused):
        chase_guardians([newcomer], by=getattr(cast, who), now=NOW)
    with pytest.raises(Refused):
        print_letters([newcomer], by=getattr(cast, who), today=TODAY)

    assert not Message.objects.exists()


def test_chase_of_another_schools_student_asks_nobody(cast: Cast, newcomer: User) -> None:
    asked = chase_guardians([newcomer], by=cast.stranger_coordinator, now=NOW)

    assert (asked.mails, asked.without_address) == (0, 0)


def test_chase_page_tells_how_it_went(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client, url = sign_in(cast.coordinator), reverse("consent_chase")

    first = client.post(url, {"everybody": "on"}, follow=True).content.decode()
    second = client.post(url, {"student": [newcomer.pk]}, follow=True).content.decode()
    nobody = client.post(url, {}, follow=True).content.decode()
    foreign = StudentFactory(school=cast.stranger.school)
    theirs = client.post(url, {"student": [foreign.pk]}, follow=True).content.decode()

    assert "1 guardian gets a mail." in first
    assert "For 2 students no address of a guardian is known" in first
    assert "1 guardian had this mail in the last three days" in second
    assert "Tick at least one student." in nobody
    assert "Tick at least one student." in theirs
    assert Message.objects.filter(kind="guardian_consent").count() == 1


def test_chase_page_says_when_nobody_is_to_be_asked(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    cast.school.consent_texts.update(approved_at=None, approved_by=None)

    page = sign_in(cast.coordinator).post(reverse("consent_chase"), {"student": [newcomer.pk]}, follow=True)

    assert "Nobody is to be asked" in page.content.decode()


def test_letters_are_one_pdf_for_the_ticked(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client, url = sign_in(cast.coordinator), reverse("consent_letter_print")

    answer = client.post(url, {"student": [newcomer.pk, cast.mentor.pk]})
    nobody = client.post(url, {}, follow=True).content.decode()

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-")
    assert "Tick at least one student." in nobody


def test_letter_is_dated_as_other_papers_are(cast: Cast) -> None:
    letters = print_letters([cast.mentor], by=cast.coordinator, today=TODAY)

    assert "22 November 2026" in PdfReader(io.BytesIO(letters)).pages[0].extract_text()


def test_letters_with_nothing_to_ask_are_refused(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    for purpose in Consent.Purpose.values:
        ConsentFactory(person=newcomer, purpose=purpose)

    page = sign_in(cast.coordinator).post(reverse("consent_letter_print"), {"student": [newcomer.pk]}, follow=True)

    assert "There is nothing to print" in page.content.decode()


def test_letters_without_approved_words_are_refused(cast: Cast, newcomer: User) -> None:
    cast.school.consent_texts.update(approved_at=None, approved_by=None)

    with pytest.raises(Refused, match="nothing to print"):
        print_letters([newcomer], by=cast.coordinator, today=TODAY)


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
        ({"is_signed": ""}, "Tick the students whose paper is here."),
    ],
)
def test_batch_with_something_wrong_writes_nothing_and_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, newcomer: User, changes: dict[str, object], words: str
) -> None:
    other = StudentFactory(school=cast.school, given_name="Zoe")
    sent = batch(cast, newcomer, other)
    for name, value in changes.items():
        if name in ("name", "is_signed"):
            for person in (newcomer, other) if name == "is_signed" else (newcomer,):
                sent[f"p{person.pk}-{'guardian_name' if name == 'name' else name}"] = value
        else:
            sent[name] = value

    answer = sign_in(cast.coordinator).post(BATCH, sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Guardian of Zoe"' in page
    assert not Consent.objects.filter(person__in=[newcomer, other]).exists()


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
