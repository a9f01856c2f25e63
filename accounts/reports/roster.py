"""What importing a roster would do: each row's fate, compared with the people who are there. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import connection
from django.db.models import Count

from accounts.models import Guardian, RosterRow, RosterUpload, School, User
from accounts.permissions import Role
from accounts.reports.roster_match import find_matches, is_clearly_another
from accounts.roster import Parent, Person, Reason, Row, stem

Fate = RosterRow.Fate
Choice = RosterRow.Choice
NAMED = ("source_id", "given_name", "family_name")
COUNTED = [Fate.NEW, Fate.CHANGED, Fate.SAME, Fate.LEAVING, Fate.PARENT, Fate.LEFT_OUT, Fate.REFUSED]


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one row; `changes` are names of columns of User."""

    row: Row
    fate: Fate
    match: User | None = None
    changes: tuple[str, ...] = ()
    needs_pick: bool = False


@dataclass(frozen=True, slots=True)
class Picks:
    """What somebody ticked: row numbers, or all students (None); who a re-used id is; and whether the leaving leave."""

    numbers: Collection[int] | None = ()
    choices: Mapping[int, str] = field(default_factory=dict)
    is_leaving: bool = False


def plan_roster(rows: Iterable[Row], school: School, *, is_whole: bool = False) -> list[Plan]:
    """The fate of each row, in the order of the file; then those who are not in it, if it is whole.

    At most three queries, whatever the number of rows.
    """
    rows = list(rows)
    people = [(row.number, row.person) for row in rows if row.person and row.number]
    known = list(
        User.objects.filter(school=school, erased_at=None).only(
            "username", "email", "given_name", "family_name", "title", "grade", "roles", "source_id", "is_active",
            "missing_since",
        )
    )  # fmt: skip
    matches = find_matches(people, known)
    owner_of = {user.email.lower(): user.pk for user in known if user.email}
    owner_of |= dict.fromkeys(_emails_elsewhere({person.email.lower() for _, person in people}, school))
    by_source = {user.source_id: user for user in known if user.source_id}
    row_of: dict[int, int] = {}
    plans = []
    for row in rows:
        plan = _plan_row(row, matches.get(row.number or 0), owner_of, by_source)
        if plan.match is not None and row.number:
            earlier = row_of.setdefault(plan.match.pk, row.number)
            if earlier != row.number:
                plan = Plan(_without_person(row, Reason.TWICE, earlier_row=earlier), Fate.REFUSED)
        plans.append(plan)
    named = {row.person.source_id if row.person else row.source_id for row in rows}
    is_there = {*row_of, *(by_source[source_id].pk for source_id in named if source_id in by_source)}
    missing = (
        [user for user in by_source.values() if user.pk not in is_there and _could_leave(user)] if is_whole else []
    )
    plans = _plan_parents(plans, by_source, school)
    return plans + [Plan(Row(None, reason=Reason.MISSING), Fate.LEAVING, match=user) for user in missing]


def is_taken(plan: Plan, picks: Picks) -> bool:
    """Staff always, new students if they are picked; whoever has a re-used id if somebody said who that is."""
    if plan.row.person is None:
        return False
    if plan.fate == Fate.REUSED:
        return bool(picks.choices.get(plan.row.number or 0))
    return not plan.needs_pick or picks.numbers is None or plan.row.number in picks.numbers


def count_plans(plans: Iterable[Plan], picks: Picks) -> dict[str, int]:
    """How many rows have each fate, and how many teachers and students are taken. What is not picked is left out.

    Guardians are counted when they are written.
    """
    counts = dict.fromkeys([*(fate.value for fate in COUNTED), Role.TEACHER.value, Role.STUDENT.value], 0)
    for plan in plans:
        if is_taken(plan, picks) and plan.row.person:
            is_other = picks.choices.get(plan.row.number or 0) == Choice.OTHER
            fate = (Fate.NEW if is_other else Fate.CHANGED) if plan.fate == Fate.REUSED else plan.fate
            counts[fate] += 1
            counts[plan.row.person.role] += 1
        elif plan.fate == Fate.REFUSED or (plan.fate == Fate.LEAVING and picks.is_leaving):
            counts[plan.fate] += 1
        elif plan.row.number:
            counts[Fate.LEFT_OUT] += 1
    return counts


def preview_counts(upload: RosterUpload) -> dict[str, int]:
    """How many rows have each fate; `to_pick` and `picked` count students, who are in no other number."""
    counts = dict.fromkeys([*Fate.values, "to_pick", "picked"], 0)
    groups = upload.rows.values_list("fate", "needs_pick", "is_picked").annotate(count=Count("pk")).order_by()
    for fate, needs_pick, is_picked, count in groups:
        is_student = needs_pick and fate in (Fate.NEW, Fate.CHANGED, Fate.SAME)
        counts["to_pick" if is_student else fate] += count
        counts["picked"] += count if is_student and is_picked else 0
    return counts


def names_of_children(upload: RosterUpload, parents: Iterable[RosterRow]) -> dict[str, str]:
    """Names of the students of these parents, by roster id: from the file, else from the school."""
    wanted = {child for parent in parents for child in parent.children}
    here = User.objects.filter(school_id=upload.school_id, source_id__in=wanted)
    names = {source_id or "": f"{given} {family}" for source_id, given, family in here.values_list(*NAMED)}
    in_file = upload.rows.filter(source_id__in=wanted, role=Role.STUDENT)
    return names | {source_id: f"{given} {family}" for source_id, given, family in in_file.values_list(*NAMED)}


def taken_user_names(wanted: Iterable[str]) -> set[str]:
    """The user names of the installation, small, that differ from a wanted one at most by a number at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower(username) FROM accounts_user"
            " WHERE regexp_replace(lower(username), '[0-9]+$', '') = ANY(%s::text[])",
            [sorted({stem(name) for name in wanted})],
        )
        return {name for (name,) in cursor.fetchall()}


def _emails_elsewhere(emails: set[str], school: School) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower(email) FROM accounts_user WHERE lower(email) = ANY(%s::text[]) AND school_id <> %s",
            [sorted(emails - {""}), school.pk],
        )
        return [email for (email,) in cursor.fetchall()]


def _plan_row(row: Row, match: User | None, owner_of: dict[str, int | None], by_source: dict[str, User]) -> Plan:
    person = row.person
    if person is None:
        about = by_source.get(row.source_id)
        if about is None:
            return Plan(replace(row, source_id=""), Fate.LEFT_OUT if row.is_left_out else Fate.REFUSED)
        if row.reason == Reason.NOT_ACTIVE and _could_leave(about):
            return Plan(row, Fate.LEAVING, match=about)
        return Plan(row, Fate.LEFT_OUT if row.is_left_out else Fate.REFUSED)
    if match is not None and not match.is_active:
        return Plan(_without_person(row, Reason.NOT_ACTIVE), Fate.LEFT_OUT)
    email = person.email.lower()
    if email in owner_of and owner_of[email] != (match.pk if match else -1):
        return Plan(_without_person(row, Reason.CANNOT_BE_USED, column="email"), Fate.REFUSED)
    needs_pick = person.role == Role.STUDENT and not (match and match.is_student)
    if match is None:
        return Plan(row, Fate.NEW, needs_pick=needs_pick)
    changes = _changes(person, match)
    if is_clearly_another(person, match):
        return Plan(row, Fate.REUSED, match, changes)
    return Plan(row, Fate.CHANGED if changes else Fate.SAME, match, changes, needs_pick)


def _without_person(row: Row, reason: Reason, *, column: str = "", earlier_row: int | None = None) -> Row:
    source_id = row.person.source_id if row.person else row.source_id
    return Row(row.number, reason=reason, column=column, earlier_row=earlier_row, source_id=source_id)


def _could_leave(user: User) -> bool:
    return user.is_active and user.missing_since is None


def _changes(person: Person, match: User) -> tuple[str, ...]:
    """What the file says anew. It never takes anything away, and of those who run the school it changes no name and
    no address: whoever sets an address can set a password."""
    changes = [] if person.role in match.roles else ["roles"]
    if person.source_id and not match.source_id:
        changes.append("source_id")
    if match.missing_since:
        changes.append("missing_since")
    if not match.has_role(Role.COORDINATOR, Role.ADMIN):
        names = ("given_name", "family_name", "grade" if person.role == Role.STUDENT else "title")
        changes += [name for name in names if getattr(person, name) not in ("", getattr(match, name))]
        if person.email and person.email.lower() != (match.email or "").lower():
            changes.append("email")
    return tuple(changes)


def _plan_parents(plans: list[Plan], by_source: dict[str, User], school: School) -> list[Plan]:
    """Parents are offered as guardians of students who are here or could be picked."""
    parents = [plan.row.parent for plan in plans if plan.row.parent]
    if not parents:
        return plans
    in_file = {plan.row.person.source_id for plan in plans if plan.row.person and plan.row.person.role == Role.STUDENT}
    here = {source_id: user.pk for source_id, user in by_source.items() if user.is_student and user.is_active}
    pks = [here[child] for parent in parents for child in parent.students if child in here]
    names = Guardian.objects.filter(student__in=pks, student__school=school).values_list("student", "name")
    on_record = {(student, name.casefold()) for student, name in names}
    return [_plan_parent(plan, plan.row.parent, in_file, here, on_record) for plan in plans]


def _plan_parent(
    plan: Plan,
    parent: Parent | None,
    in_file: set[str],
    here: dict[str, int],
    on_record: set[tuple[int, str]],
) -> Plan:
    if parent is None:
        return plan
    kept = [child for child in parent.students if child in here]
    if any(child in in_file for child in parent.students if child not in here) or any(
        (here[child], parent.full_name.casefold()) not in on_record for child in kept
    ):
        return Plan(plan.row, Fate.PARENT, needs_pick=True)
    reason = Reason.ON_RECORD if kept else Reason.PARENT
    return Plan(replace(plan.row, parent=None, reason=reason), Fate.LEFT_OUT)
