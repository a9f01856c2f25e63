"""Writing what a roster's preview promised: people, those who left, guardians. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Guardian, School, User
from accounts.models.copying import copy_rows
from accounts.permissions import Role
from accounts.reports.roster import Choice, Fate, Picks, Plan, count_plans, is_taken, taken_user_names
from accounts.roster import ClassRow, base_user_name, first_free
from accounts.services.address import follow_changed_addresses
from accounts.services.refusal import Refused
from accounts.services.roster_classes import write_classes
from accounts.services.user_name_lock import stand_in_line_for_user_names

BATCH = 1000


class RosterChanged(Refused):
    """Between preview and confirmation people of the school were changed, so that a row's fate is another now."""


def write_roster(
    plans: list[Plan],
    classes: Iterable[ClassRow],
    school: School,
    *,
    picks: Picks,
    parents: Collection[int],
    now: dt.datetime,
) -> dict[str, int]:
    """Write what was picked, and answer the counts of all rows; `parents` are the rows of those ticked as guardians."""
    taken = [plan for plan in plans if is_taken(plan, picks)]
    another = {plan.row.number for plan in taken if picks.choices.get(plan.row.number or 0) == Choice.OTHER}
    stand_in_line_for_user_names()
    today = now.astimezone(school.zone).date()
    try:
        with transaction.atomic():
            _free_ids([plan.match.pk for plan in taken if plan.match and plan.row.number in another], today)
            new = [plan for plan in taken if plan.fate == Fate.NEW or plan.row.number in another]
            copy_rows(_new_people(new, school, now))
            _change_people([plan for plan in taken if plan.row.number not in another], now)
    except IntegrityError:  # somebody got an address or a name in this very moment
        raise RosterChanged(_("People were changed in this moment. Look at the preview again.")) from None
    if picks.is_leaving:
        gone = [plan.match.pk for plan in plans if plan.fate == Fate.LEAVING and plan.match]
        User.objects.filter(pk__in=gone, missing_since=None).update(missing_since=today)
    counts = count_plans(plans, picks)
    counts[Fate.PARENT] = _note_guardians([plan for plan in plans if plan.row.number in parents], school)
    counts["classes"] = write_classes(list(classes), school, is_leaving=picks.is_leaving)
    return counts


def _free_ids(old: list[int], today: dt.date) -> None:
    """The roster gave the id to somebody else: who had it is no longer in the roster."""
    User.objects.filter(pk__in=old).update(source_id=None, missing_since=today)


def _new_people(plans: list[Plan], school: School, now: dt.datetime) -> list[User]:
    people = [plan.row.person for plan in plans if plan.row.person]
    wanted = [person.username or base_user_name(person.given_name, person.family_name) for person in people]
    in_use = taken_user_names(wanted)
    # Names that the file gives go first; made ones take what is left.
    names = dict.fromkeys(range(len(people)), "")
    for index in sorted(names, key=lambda index: not people[index].username):
        names[index] = first_free(wanted[index], in_use)
        in_use.add(names[index].lower())
    return [
        User(
            school_id=school.pk,
            username=names[index],
            # As make_password(None) does, whose random signs take longer than all else here.
            password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20),
            email=person.email or None,
            given_name=person.given_name,
            family_name=person.family_name,
            title=person.title,
            grade=person.grade,
            roles=[person.role],
            language=person.language or school.languages[0],
            source_id=person.source_id or None,
            created_at=now,
        )
        for index, person in enumerate(people)
    ]


def _change_people(taken: list[Plan], now: dt.datetime) -> None:
    changed: list[User] = []
    fields: set[str] = set()
    moved: list[int] = []
    former: dict[int, str] = {}
    for plan in taken:
        user, person = plan.match, plan.row.person
        if user and person and plan.changes:
            if "email" in plan.changes:
                moved.append(user.pk)
                former |= {user.pk: user.email} if user.email else {}
            for name in plan.changes:
                if name == "missing_since":
                    user.missing_since = None
                else:
                    value = sorted({*user.roles, person.role}) if name == "roles" else getattr(person, name)
                    setattr(user, name, value)
            changed.append(user)
            fields.update(plan.changes)
    if changed:
        User.objects.bulk_update(changed, sorted(fields), batch_size=BATCH)
    people = User.objects.filter(pk__in=moved).select_related("school")
    follow_changed_addresses(list(people) if moved else [], former, now=now)


def _note_guardians(parents: list[Plan], school: School) -> int:
    """Guardians of those of their students who are here now; answers how many were new."""
    wanted = [plan.row.parent for plan in parents if plan.row.parent]
    students = User.objects.active().with_role(Role.STUDENT).filter(school=school)
    ids = {child for parent in wanted for child in parent.students}
    here = dict(students.filter(source_id__in=ids).values_list("source_id", "pk"))
    names = Guardian.objects.filter(student__in=here.values()).values_list("student", "name")
    on_record = {(student, name.casefold()) for student, name in names}
    guardians = []
    for parent in wanted:
        for child in parent.students:
            key = (here.get(child, 0), parent.full_name.casefold())
            if child in here and key not in on_record:
                on_record.add(key)
                guardians.append(
                    Guardian(
                        student_id=here[child],
                        name=parent.full_name[:200],
                        email=parent.email or None,
                        language=parent.language or school.languages[0],
                    )
                )
    Guardian.objects.bulk_create(guardians, batch_size=BATCH)
    return len(guardians)
