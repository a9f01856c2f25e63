"""Pages of the help log."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentorship.forms import HelpEntryForm
from mentorship.models import HelpEntry
from tests import factories
from tests.cast import NOW, Cast
from tests.mentorship.help_entries import make_entry

SignIn = Callable[[User], Client]
LOG = "help_entry_list"


def verdict(cast: Cast, state: str = "verified", **fields: Any) -> dict[str, Any]:
    """The columns of an entry that the coordinator looked at."""
    return {"state": state, "verified_by": cast.coordinator, "verified_at": NOW} | fields


def anew(cast: Cast, **change: Any) -> dict[str, Any]:
    """What the student's form sends."""
    said = {"done": ["tried"], "outcome": "solved", "tools": [cast.tool.pk], "minutes": "40", "note": "¡Bien!"}
    return said | change


def test_help_log_pages_are_for_coordinator_teacher_and_student(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast)

    for url in (reverse(LOG), reverse("help_entry_detail", args=[entry.pk])):
        for person in (cast.coordinator, cast.teacher, cast.mentor):
            assert sign_in(person).get(url).status_code == 200
        assert sign_in(cast.admin).get(url).status_code == 403
        assert "login" in Client().get(url).headers["Location"]


def test_help_entry_is_404_for_everybody_else(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("help_entry_detail", args=[make_entry(cast).pk])

    for person in (cast.other_teacher, cast.other_mentor, cast.stranger, cast.stranger_coordinator):
        assert sign_in(person).get(url).status_code == 404


def test_help_entry_list_shows_each_what_is_theirs(cast: Cast, sign_in: SignIn) -> None:
    make_entry(cast)
    make_entry(cast, student=cast.other_mentor, teacher=cast.other_teacher)

    pages = {
        name: sign_in(getattr(cast, name)).get(reverse(LOG)).content.decode()
        for name in ("coordinator", "teacher", "mentor", "stranger_coordinator")
    }

    assert "Maya Rahman helped Ana Ortiz" in pages["coordinator"]
    assert "Leo Tran helped Omar Haddad" in pages["coordinator"]
    assert "Maya R. helped you" in pages["teacher"]
    assert "Rahman" not in pages["teacher"]
    assert "Leo T" not in pages["teacher"]
    assert "You helped Ms Ortiz" in pages["mentor"]
    assert "Haddad" not in pages["mentor"]
    assert "No help written down yet" in pages["stranger_coordinator"]
    assert 'name="entry"' not in pages["teacher"] + pages["mentor"]


def test_help_entry_list_filters_by_state(cast: Cast, sign_in: SignIn) -> None:
    make_entry(cast, minutes=11)
    make_entry(cast, minutes=22, **verdict(cast))
    client = sign_in(cast.coordinator)

    waiting = client.get(reverse(LOG), {"state": "submitted"}).content.decode()
    verified = client.get(reverse(LOG), {"state": "verified"}).content.decode()
    unknown = client.get(reverse(LOG), {"state": "magic"}).content.decode()
    denied = client.get(reverse(LOG), {"state": "denied"}).content.decode()

    assert ("11 minutes" in waiting, "22 minutes" in waiting) == (True, False)
    assert ("11 minutes" in verified, "22 minutes" in verified) == (False, True)
    assert ("11 minutes" in unknown, "22 minutes" in unknown) == (True, True)
    assert "No log is in this state." in denied


def test_help_entry_list_is_paged_by_fifty_and_small(cast: Cast, sign_in: SignIn) -> None:
    for _turn in range(51):
        make_entry(cast)
    client = sign_in(cast.coordinator)

    first = client.get(reverse(LOG))
    second = client.get(reverse(LOG), {"page": "2"}).content.decode()

    assert first.content.decode().count('name="entry"') == 50
    assert second.count('name="entry"') == 1
    assert len(first.content) < 40_000


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_help_entry_list_asks_the_database_as_often_for_30_as_for_1(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any, who: str
) -> None:
    make_entry(cast)
    client = sign_in(getattr(cast, who))

    with django_assert_max_num_queries(3 + 3):
        client.get(reverse(LOG))
    for _turn in range(29):
        make_entry(cast)
    with django_assert_max_num_queries(3 + 3):
        page = client.get(reverse(LOG)).content.decode()

    assert page.count("Immersive Reader") == 30


def test_help_entry_detail_says_it_in_words_and_who_sees_it(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(
        cast, goal="Read a lab sheet", learner_group="eb", done=["showed", "stuck"], outcome="practise",
        trouble=["network"], note="<b>Fine</b>",
    )  # fmt: skip
    url = reverse("help_entry_detail", args=[entry.pk])

    pages = {
        name: sign_in(getattr(cast, name)).get(url).content.decode() for name in ("coordinator", "teacher", "mentor")
    }

    for page in pages.values():
        for words in (
            "25 minutes", "Immersive Reader", "Read a lab sheet", "Emergent Bilingual", "I showed it. We got stuck",
            "More practice is needed", "the network", "&lt;b&gt;Fine", "Thursday 3 December",
        ):  # fmt: skip
            assert words in page
    assert "Seen by you, Ms Ortiz and the coordinator." in pages["mentor"]
    assert "Seen by you, Maya R. and the coordinator." in pages["teacher"]
    assert "Seen by you, Maya Rahman and Ana Ortiz." in pages["coordinator"]
    assert reverse("help_entry_edit", args=[entry.pk]) in pages["mentor"]
    assert reverse("help_entry_verify", args=[entry.pk]) in pages["coordinator"]
    for other in ("teacher", "mentor"):
        assert reverse("help_entry_verify", args=[entry.pk]) not in pages[other]
    assert reverse("help_entry_edit", args=[entry.pk]) not in pages["teacher"] + pages["coordinator"]


def test_help_entry_detail_tells_the_verdict_and_offers_nothing_more(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast, **verdict(cast, "denied", verdict="This was class time"))
    url = reverse("help_entry_detail", args=[entry.pk])

    for person in (cast.coordinator, cast.mentor):
        page = sign_in(person).get(url).content.decode()

        assert "This was class time" in page
        assert "Ms Lane, Sunday 22 November" in page
        assert reverse("help_entry_edit", args=[entry.pk]) not in page
        assert reverse("help_entry_verify", args=[entry.pk]) not in page


def test_help_entry_edit_shows_and_saves_the_students_own_words(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast, done=["showed"], outcome="practise")
    client, url = sign_in(cast.mentor), reverse("help_entry_edit", args=[entry.pk])

    page = client.get(url).content.decode()
    response = client.post(url, anew(cast))

    entry.refresh_from_db()
    assert 'value="25"' in page
    assert page.count(" checked") == 3  # what was done, how it ended, the tool
    assert response.headers["Location"] == reverse("help_entry_detail", args=[entry.pk])
    assert (entry.minutes, entry.done, entry.outcome, entry.note) == (40, ["tried"], "solved", "¡Bien!")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minutes": ""}, "Write how many minutes it took."),
        ({"minutes": "0"}, "at least 1 minute"),
        ({"minutes": "601"}, "too long"),
        ({"minutes": "a lot"}, "as a number"),
        ({"tools": []}, "Tap at least one tool."),
        ({"tools": ["0"]}, "0 is not one of the available choices"),
        ({"outcome": ""}, "Tap how it ended."),
        ({"done": ["magic"]}, "magic is not one of the available choices"),
    ],
)
def test_help_entry_edit_says_what_is_wrong_and_keeps_the_rest(
    cast: Cast, sign_in: SignIn, change: dict[str, Any], said: str
) -> None:
    entry = make_entry(cast)

    response = sign_in(cast.mentor).post(reverse("help_entry_edit", args=[entry.pk]), anew(cast, **change))

    entry.refresh_from_db()
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "¡Bien!" in response.content.decode()
    assert entry.minutes == 25


def test_help_entry_edit_is_for_the_own_student_until_verified(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast)
    url = reverse("help_entry_edit", args=[entry.pk])

    assert sign_in(cast.other_mentor).post(url, anew(cast)).status_code == 404
    for person in (cast.teacher, cast.coordinator, cast.admin):
        assert sign_in(person).post(url, anew(cast)).status_code == 403
    HelpEntry.objects.update(**verdict(cast))
    late = sign_in(cast.mentor).post(url, anew(cast))
    look = sign_in(cast.mentor).get(url, follow=True)

    entry.refresh_from_db()
    assert late.status_code == 422
    assert "looked at this already" in late.content.decode()
    assert "can&#x27;t be changed any more" in look.content.decode()
    assert entry.minutes == 25


def test_help_entry_form_offers_the_tools_of_the_own_school(cast: Cast) -> None:
    foreign = factories.ToolFactory()

    form = HelpEntryForm(anew(cast, tools=[foreign.pk]), school=cast.school)

    assert not form.is_valid()
    assert "tools" in form.errors


def test_help_log_speaks_arabic_from_the_right(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.mentor.pk).update(language="ar")
    make_entry(cast, helped_on=dt.date(2026, 12, 3))

    page = sign_in(cast.mentor).get(reverse(LOG)).content.decode()

    assert 'dir="rtl"' in page


def test_draft_is_discarded_from_the_home_page_and_what_was_sent_is_not(cast, sign_in):
    draft = factories.HelpEntryFactory(
        program=cast.program, student=cast.mentor, teacher=cast.teacher, state="draft", submitted_at=None
    )
    sent = factories.HelpEntryFactory(program=cast.program, student=cast.mentor, teacher=cast.teacher)
    client = sign_in(cast.mentor)
    home = client.get(reverse("home")).content.decode()

    pages = [
        client.post(reverse("help_entry_discard", args=[entry.pk]), follow=True).content.decode()
        for entry in (draft, sent)
    ]

    assert reverse("help_entry_discard", args=[draft.pk]) in home
    assert "It is gone." in pages[0]
    assert "This was sent already." in pages[1]
    assert HelpEntry.objects.get() == sent
