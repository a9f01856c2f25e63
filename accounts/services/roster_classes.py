"""Writing the classes of a roster, and who teaches and attends them. In the caller's transaction."""

from __future__ import annotations

from accounts.models import School, SchoolClass, User
from accounts.models.copying import copy_rows
from accounts.permissions import Role
from accounts.roster import ClassRow

BATCH = 1000


def write_classes(rows: list[ClassRow], school: School, *, is_leaving: bool) -> int:
    """Classes of the file that have somebody who is here; answers how many were new or changed.

    Who is in a class is what the file says of people with a roster id; people without one were added by hand and stay.
    A class that is over stays too, unless those who leave are let go.
    """
    people = User.objects.active().filter(school=school, source_id__isnull=False)
    if not rows:
        return 0
    staff: dict[str, int] = {}
    learners: dict[str, int] = {}
    for pk, source_id, roles in people.values_list("pk", "source_id", "roles"):
        if Role.TEACHER in roles:
            staff[source_id] = pk
        if Role.STUDENT in roles:
            learners[source_id] = pk
    known = {row.source_id: row for row in SchoolClass.objects.filter(school=school, source_id__isnull=False)}
    over = [known[row.source_id].pk for row in rows if row.is_gone and row.source_id in known]
    if is_leaving:
        SchoolClass.objects.filter(pk__in=over).delete()
    members = {
        row.source_id: (
            {staff[source_id] for source_id in row.teachers if source_id in staff},
            {learners[source_id] for source_id in row.students if source_id in learners},
        )
        for row in rows
        if not row.is_gone
    }
    standing = [row for row in rows if not row.is_gone and (row.source_id in known or any(members[row.source_id]))]
    new = [
        SchoolClass(school=school, source_id=row.source_id, name=row.name, subject=row.subject, grade=row.grade)
        for row in standing
        if row.source_id not in known
    ]
    changed = {row.source_id for row in new}
    renamed = []
    for row in standing:
        old = known.get(row.source_id)
        if old and (old.name, old.subject, old.grade) != (row.name, row.subject or old.subject, row.grade or old.grade):
            old.name, old.subject, old.grade = row.name, row.subject or old.subject, row.grade or old.grade
            renamed.append(old)
    SchoolClass.objects.bulk_create(new, batch_size=BATCH)
    SchoolClass.objects.bulk_update(renamed, ["name", "subject", "grade"], batch_size=BATCH)
    known |= {row.source_id: row for row in new}
    changed |= {row.source_id for row in renamed}
    wanted = [
        {(known[row.source_id].pk, pk) for row in standing for pk in members[row.source_id][part]} for part in (0, 1)
    ]
    for relation, pairs in zip(("teachers", "students"), wanted, strict=True):
        changed |= _set_members(relation, {known[row.source_id].pk: row.source_id for row in standing}, pairs)
    return len(changed) + (len(over) if is_leaving else 0)


def _set_members(relation: str, classes: dict[int, str], wanted: set[tuple[int, int]]) -> set[str]:
    """Add and take out people so that a class has exactly these, beside those without a roster id."""
    through = getattr(SchoolClass, relation).through
    links = through.objects.filter(schoolclass__in=classes, user__source_id__isnull=False)
    present = {
        (class_id, user_id): pk for pk, class_id, user_id in links.values_list("pk", "schoolclass_id", "user_id")
    }
    surplus = [pk for pair, pk in present.items() if pair not in wanted]
    lacking = wanted - present.keys()
    through.objects.filter(pk__in=surplus).delete()
    copy_rows([through(schoolclass_id=class_id, user_id=user_id) for class_id, user_id in sorted(lacking)])
    touched = {class_id for class_id, _user in lacking | {pair for pair in present if pair not in wanted}}
    return {classes[class_id] for class_id in touched}
