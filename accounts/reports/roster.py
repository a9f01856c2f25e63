"""What importing a roster would do: each row's fate, compared with the people who are there. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, Func, Value
from django.db.models.functions import Lower

from accounts.models import RosterRow, RosterUpload, School, User
from accounts.permissions import Role
from accounts.roster import Person, Reason, Row, stem

Fate = RosterRow.Fate


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one row; `changes` are names of columns of User."""

    row: Row
    fate: Fate
    match: User | None = None
    changes: tuple[str, ...] = ()
    needs_pick: bool = False


def plan_roster(rows: Iterable[Row], school: School) -> list[Plan]:
    """The fate of each row, in the order of the file. Two queries, whatever the number of rows."""
    rows = list(rows)
    people = [(row.number, row.person) for row in rows if row.person]
    known = list(
        User.objects.filter(school=school).only(
            "username", "email", "given_name", "family_name", "title", "grade", "roles", "source_id", "is_active"
        )
    )
    matches = _match(people, known)
    owner_of = {user.email.lower(): user.pk for user in known if user.email}
    owner_of |= dict.fromkeys(_emails_elsewhere({person.email.lower() for _, person in people}, school))
    row_of: dict[int, int] = {}
    plans = []
    for row in rows:
        plan = _plan_row(row, matches.get(row.number), owner_of)
        if plan.match is not None:
            earlier = row_of.setdefault(plan.match.pk, row.number)
            if earlier != row.number:
                plan = Plan(Row(row.number, reason=Reason.TWICE, earlier_row=earlier), Fate.REFUSED)
        plans.append(plan)
    return plans


def is_taken(plan: Plan, picked: Collection[int] | None) -> bool:
    """Staff always, new students if their row number is in `picked`; None takes all of them."""
    return plan.row.person is not None and (not plan.needs_pick or picked is None or plan.row.number in picked)


def count_plans(plans: Iterable[Plan], *, picked: Collection[int] | None) -> dict[str, int]:
    """How many rows have each fate, and how many teachers and students are taken. Students not picked are left out."""
    counts = dict.fromkeys([*Fate.values, Role.TEACHER.value, Role.STUDENT.value], 0)
    for plan in plans:
        if plan.row.person is None:
            counts[plan.fate] += 1
        elif is_taken(plan, picked):
            counts[plan.fate] += 1
            counts[plan.row.person.role] += 1
        else:
            counts[Fate.LEFT_OUT] += 1
    return counts


def preview_counts(upload: RosterUpload) -> dict[str, int]:
    """How many rows have each fate; `to_pick` and `picked` count students, who are in no other number."""
    counts = dict.fromkeys([*Fate.values, "to_pick", "picked"], 0)
    groups = upload.rows.values_list("fate", "needs_pick", "is_picked").annotate(count=Count("pk")).order_by()
    for fate, needs_pick, is_picked, count in groups:
        counts["to_pick" if needs_pick else fate] += count
        counts["picked"] += count if is_picked else 0
    return counts


def taken_user_names(wanted: Iterable[str]) -> set[str]:
    """The user names of the installation, small, that differ from a wanted one at most by a number at the end."""
    bare = Func(Lower("username"), Value("[0-9]+$"), Value(""), function="regexp_replace", output_field=CharField())
    alike = User.objects.annotate(stem=bare).filter(stem__in={stem(name) for name in wanted})
    return {name.lower() for name in alike.values_list("username", flat=True)}


def _emails_elsewhere(emails: set[str], school: School) -> list[str]:
    others = User.objects.exclude(school=school).annotate(small=Lower("email"))
    return list(others.filter(small__in=emails - {""}).values_list("small", flat=True))


def _plan_row(row: Row, match: User | None, owner_of: dict[str, int | None]) -> Plan:
    person = row.person
    if person is None:
        return Plan(row, Fate.LEFT_OUT if row.is_left_out else Fate.REFUSED)
    if match is not None and not match.is_active:
        return Plan(Row(row.number, reason=Reason.NOT_ACTIVE), Fate.LEFT_OUT)
    email = person.email.lower()
    if email in owner_of and owner_of[email] != (match.pk if match else -1):
        return Plan(Row(row.number, reason=Reason.CANNOT_BE_USED, column="email"), Fate.REFUSED)
    needs_pick = person.role == Role.STUDENT and not (match and match.is_student)
    if match is None:
        return Plan(row, Fate.NEW, needs_pick=needs_pick)
    changes = _changes(person, match)
    return Plan(row, Fate.CHANGED if changes else Fate.SAME, match, changes, needs_pick)


def _changes(person: Person, match: User) -> tuple[str, ...]:
    """What the file says anew. It never takes anything away, and of those who run the school it changes no name and
    no address: whoever sets an address can set a password."""
    changes = [] if person.role in match.roles else ["roles"]
    if person.source_id and not match.source_id:
        changes.append("source_id")
    if not match.has_role(Role.COORDINATOR, Role.ADMIN):
        names = ("given_name", "family_name", "grade" if person.role == Role.STUDENT else "title")
        changes += [name for name in names if getattr(person, name) not in ("", getattr(match, name))]
        if person.email and person.email.lower() != (match.email or "").lower():
            changes.append("email")
    return tuple(changes)


def _match(people: list[tuple[int, Person]], known: list[User]) -> dict[int, User]:
    """Who of the school a row is about, by row number: by roster id, else user name, else e-mail, else by name alone.

    The surer way goes first for the whole file, so that no row takes the person whom a later one names by id.
    """
    found: dict[int, User] = {}
    claimed: set[int] = set()
    keys: list[tuple[Callable[[Person], str], Callable[[User], str | None]]] = [
        (lambda person: person.source_id, lambda user: user.source_id),
        (lambda person: person.username.lower(), lambda user: user.username.lower()),
        (lambda person: person.email.lower(), lambda user: user.email and user.email.lower()),
    ]
    for key_of_person, key_of_user in keys:
        users = {key_of_user(user): user for user in known}
        for number, person in people:
            key = key_of_person(person)
            user = users.get(key) if key and number not in found else None
            if user is not None and _same_source(person, user):
                found[number] = user
                claimed.add(user.pk)
    by_name: dict[tuple[str, str], list[User]] = defaultdict(list)
    for user in known:
        by_name[user.given_name.casefold(), user.family_name.casefold()].append(user)
    for number, person in people:
        if number not in found and not person.source_id:
            namesakes = by_name.get((person.given_name.casefold(), person.family_name.casefold()), [])
            user = next((user for user in namesakes if user.pk not in claimed and _same_by_name(person, user)), None)
            if user is not None:
                found[number] = user
                claimed.add(user.pk)
    return found


def _same_source(person: Person, user: User) -> bool:
    return not (person.source_id and user.source_id) or person.source_id == user.source_id


def _same_by_name(person: Person, user: User) -> bool:
    """A namesake is the same person where nothing that both have tells them apart."""
    return (
        person.role in user.roles
        and (not person.email or user.email is None)
        and (not person.grade or not user.grade or person.grade == user.grade)
        # The import itself may have put a number behind the user name of the file.
        and (not person.username or stem(user.username) == stem(person.username))
    )
