"""Learner flags: who reads and writes them, what is written down, and what stands in the database."""

import datetime as dt
import json

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, transaction
from pytest_django import Settings as SettingsWrapper

from accounts.field_key import KeyMissing, decrypt
from accounts.models import FlagGrant, FlagRead, Flags, LearnerFlags, TrailEntry, User, may_read_flags
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.learner_flags import end_grant, grant_flags, own_flags, read_flags, write_flags
from tests import factories
from tests.cast import NOW, Cast

NOTED = Flags(eb=True, dyslexic=False, languages="Español, العربية")


@pytest.fixture
def granted(cast: Cast) -> FlagGrant:
    """The coordinator may read them."""
    return grant_flags(cast.coordinator, by=cast.admin, now=NOW)


def reads() -> list[tuple[User, User, str]]:
    """Who looked at whose flags, and how; the oldest first."""
    return [(read.reader, read.student, read.act) for read in FlagRead.objects.order_by("pk")]


def test_what_is_written_is_read_again_and_each_is_written_down(cast: Cast, granted: FlagGrant) -> None:
    write_flags(cast.mentor, NOTED, by=cast.coordinator, now=NOW)
    flags = read_flags(cast.mentor, by=cast.coordinator, now=NOW)

    assert flags == NOTED == own_flags(cast.mentor)
    pair = (cast.coordinator, cast.mentor)
    assert reads() == [(*pair, "changed"), (*pair, "read")]
    assert FlagRead.objects.first().school == cast.school


def test_the_database_holds_no_word_of_it(cast: Cast, granted: FlagGrant) -> None:
    write_flags(cast.mentor, NOTED, by=cast.coordinator, now=NOW)

    token = LearnerFlags.objects.get().ciphertext

    assert "Esp" not in token
    assert json.loads(decrypt(token)) == {"eb": True, "dyslexic": False, "languages": "Español, العربية"}
    assert not TrailEntry.objects.filter(kind="accounts.LearnerFlags").exists()


def test_a_second_writing_replaces_the_first_and_nothing_noted_keeps_no_row(cast: Cast, granted: FlagGrant) -> None:
    write_flags(cast.mentor, NOTED, by=cast.coordinator, now=NOW)
    write_flags(cast.mentor, Flags(dyslexic=True), by=cast.coordinator, now=NOW)
    second = own_flags(cast.mentor)
    write_flags(cast.mentor, Flags(), by=cast.coordinator, now=NOW)

    assert second == Flags(dyslexic=True)
    assert own_flags(cast.mentor) == Flags()
    assert not LearnerFlags.objects.exists()


def test_a_look_at_nothing_is_written_down_too(cast: Cast, granted: FlagGrant) -> None:
    assert read_flags(cast.mentor, by=cast.coordinator, now=NOW) == Flags()
    assert len(reads()) == 1


@pytest.mark.parametrize("who", ["coordinator", "admin", "teacher", "mentor", "other_mentor", "stranger_coordinator"])
def test_nobody_without_a_grant_reads_or_writes(cast: Cast, who: str) -> None:
    by = getattr(cast, who)

    for act in (
        lambda: read_flags(cast.mentor, by=by, now=NOW),
        lambda: write_flags(cast.mentor, NOTED, by=by, now=NOW),
    ):
        with pytest.raises(Refused):
            act()

    assert reads() == []
    assert not LearnerFlags.objects.exists()


def test_a_grant_of_another_school_opens_nothing_here(cast: Cast) -> None:
    admin = factories.UserFactory(school=cast.stranger.school, roles=[Role.ADMIN])
    grant_flags(cast.stranger_coordinator, by=admin, now=NOW)

    with pytest.raises(Refused):
        read_flags(cast.mentor, by=cast.stranger_coordinator, now=NOW)


def test_only_students_have_flags_and_nobody_writes_their_own(cast: Cast, granted: FlagGrant) -> None:
    User.objects.filter(pk=cast.coordinator.pk).update(roles=[Role.COORDINATOR, Role.STUDENT])
    cast.coordinator.refresh_from_db()

    for student in (cast.teacher, cast.coordinator):
        with pytest.raises(Refused):
            write_flags(student, NOTED, by=cast.coordinator, now=NOW)
    with pytest.raises(Refused):
        own_flags(cast.teacher)

    assert reads() == []


@pytest.mark.parametrize(
    "values",
    [{"roles": [Role.TEACHER]}, {"is_active": False}, {"roles": [Role.ADMIN], "is_active": False}],
)
def test_without_the_hat_the_right_ends_at_once_and_for_good(cast: Cast, granted: FlagGrant, values: dict) -> None:
    User.objects.filter(pk=cast.coordinator.pk).update(**values)
    granted.refresh_from_db()
    ended = granted.ended_at
    User.objects.filter(pk=cast.coordinator.pk).update(roles=[Role.COORDINATOR], is_active=True)
    cast.coordinator.refresh_from_db()

    assert isinstance(ended, dt.datetime)
    assert not may_read_flags(cast.coordinator)
    told = TrailEntry.objects.filter(kind="accounts.FlagGrant").first()
    assert (told.act, list(told.changes)) == ("update", ["ended_at"])


def test_another_change_of_roles_leaves_the_right(cast: Cast, granted: FlagGrant) -> None:
    User.objects.filter(pk=cast.coordinator.pk).update(roles=[Role.TEACHER, Role.COORDINATOR], grade="x")
    cast.coordinator.refresh_from_db()

    assert may_read_flags(cast.coordinator)


def test_a_right_taken_back_opens_nothing_any_more(cast: Cast, granted: FlagGrant) -> None:
    end_grant(granted, by=cast.admin, now=NOW)
    end_grant(granted, by=cast.admin, now=NOW + dt.timedelta(days=1))

    granted.refresh_from_db()
    assert granted.ended_at == NOW
    with pytest.raises(Refused):
        read_flags(cast.mentor, by=cast.coordinator, now=NOW)


def test_grant_is_refused_for_oneself_even_with_both_hats(cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(roles=[Role.ADMIN, Role.COORDINATOR])
    cast.admin.refresh_from_db()

    with pytest.raises(Refused):
        grant_flags(cast.admin, by=cast.admin, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        FlagGrant.objects.create(user=cast.admin, granted_by=cast.admin, granted_at=NOW)

    assert not FlagGrant.objects.exists()


@pytest.mark.parametrize("whom", ["teacher", "mentor", "stranger_coordinator"])
def test_grant_is_refused_for_everybody_but_a_coordinator_of_the_school(cast: Cast, whom: str) -> None:
    with pytest.raises(Refused):
        grant_flags(getattr(cast, whom), by=cast.admin, now=NOW)

    assert not FlagGrant.objects.exists()


def test_grant_is_refused_for_who_has_left_and_where_it_stands(cast: Cast, granted: FlagGrant) -> None:
    left = factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR], is_active=False)

    for user in (left, cast.coordinator):
        with pytest.raises(Refused):
            grant_flags(user, by=cast.admin, now=NOW)

    assert FlagGrant.objects.count() == 1


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_only_an_admin_gives_and_takes_the_right(cast: Cast, granted: FlagGrant, who: str) -> None:
    other = factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR])

    with pytest.raises(Refused):
        grant_flags(other, by=getattr(cast, who), now=NOW)
    with pytest.raises(Refused):
        end_grant(granted, by=getattr(cast, who), now=NOW)

    assert FlagGrant.objects.standing().count() == 1


def test_only_the_admin_of_the_school_sees_grants_and_reads(cast: Cast, granted: FlagGrant) -> None:
    read_flags(cast.mentor, by=cast.coordinator, now=NOW)
    other_admin = factories.UserFactory(school=cast.stranger.school, roles=[Role.ADMIN])

    for rows in (FlagGrant.objects, FlagRead.objects):
        assert rows.visible_to(cast.admin).count() == 1
        assert not rows.visible_to(other_admin).exists()
        assert not rows.visible_to(cast.coordinator).exists()


def test_without_its_key_nothing_is_read_and_no_look_is_claimed(
    cast: Cast, granted: FlagGrant, settings: SettingsWrapper
) -> None:
    write_flags(cast.mentor, NOTED, by=cast.coordinator, now=NOW)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(KeyMissing):
        read_flags(cast.mentor, by=cast.coordinator, now=NOW)

    assert [act for _reader, _student, act in reads()] == ["changed"]
