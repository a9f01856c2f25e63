"""What holds for the rows of every table."""

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command

from accounts.models import Consent, ErasureRequest, Message, User
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast
from tests.factories import ConsentFactory
from tests.world import make_world

OURS = ("accounts", "mentorship", "sessions_app", "surveys")


@time_machine.travel(NOW, tick=False)
def test_every_row_says_which_one_it_is(cast: Cast) -> None:
    make_world(cast)

    for model in apps.get_models():
        if model._meta.app_label in OURS and (row := model._base_manager.first()) is not None:
            assert str(row).strip()
            assert "object (" not in str(row)


def test_models_and_triggers_are_those_of_the_migrations(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("who", ["mentor", "teacher"])
def test_who_runs_nothing_sees_own_rows_only(cast: Cast, who: str) -> None:
    person: User = getattr(cast, who)
    for one in (cast.mentor, cast.other_mentor, cast.teacher, cast.other_teacher):
        make_message(one)
        ErasureRequest.objects.create(person=one, asked_at=NOW)
        ConsentFactory(person=one, purpose="research", given_by="self")

    assert {row.user for row in Message.objects.visible_to(person)} == {person}
    assert {row.person for row in ErasureRequest.objects.visible_to(person)} == {person}
    assert {row.person for row in Consent.objects.visible_to(person)} == {person}


def test_person_is_found_by_name_without_regard_to_capitals_and_blanks_are_no_values(cast: Cast) -> None:
    person = User.objects.get_by_natural_key("ORTIZ")
    person.email, person.source_id = "", ""
    person.clean()

    assert person == cast.teacher
    assert (person.email, person.source_id) == (None, None)
