"""Taking over a timetable that somebody has looked at."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import DayType, Period, School, SchoolClass, User
from accounts.permissions import KEEP_CLASS_LISTS, RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Availability
from mentorship.reports import TimetableChanges, TimetableLine, timetable_changes


@transaction.atomic
def apply_timetable(lines: Sequence[TimetableLine], *, by: User) -> TimetableChanges:
    """Make these slots free, left or in class, and classes meet then; answers what that changed.

    Refused, with nothing written, where a line names somebody or something that is not of the school (any more), or
    lets somebody leave a class who may not.
    """
    require_act(by, RUN_PROGRAM, by.school_id)
    require_act(by, KEEP_CLASS_LISTS, by.school_id)
    # One writer at a time for each person, in one order.
    people = User.objects.filter(school=by.school_id, pk__in={line.person_id for line in lines}, erased_at=None)
    roles = {user.pk: user for user in people.select_for_update(no_key=True).order_by("pk")}
    kinds = dict(DayType.objects.filter(school=by.school_id).values_list("pk", "is_testing"))
    periods = set(Period.objects.filter(school=by.school_id).values_list("pk", flat=True))
    classes = set(SchoolClass.objects.filter(school=by.school_id).values_list("pk", flat=True)) | {None}
    for line in lines:
        is_here = line.person_id in roles and line.day_type_id in kinds and line.period_id in periods
        if not is_here or line.class_id not in classes:
            raise Refused(_("Somebody or something in this file is gone since. Choose the file again."))
        if line.may_leave_class and (kinds[line.day_type_id] or not roles[line.person_id].is_student):
            raise Refused(_("Somebody or something in this file is gone since. Choose the file again."))
    changes = timetable_changes(lines, School.objects.get(pk=by.school_id))
    Availability.objects.filter(pk__in=changes.gone).delete()
    for may_leave in (False, True):
        other = [pk for pk, says in changes.changed.items() if says == may_leave]
        Availability.objects.filter(pk__in=other).update(may_leave_class=may_leave)
    Availability.objects.bulk_create(
        Availability(
            person_id=line.person_id,
            day_type_id=line.day_type_id,
            period_id=line.period_id,
            may_leave_class=bool(line.may_leave_class),
        )
        for line in changes.added
    )
    meets = SchoolClass.periods.through
    meets.objects.bulk_create(meets(schoolclass_id=pk, period_id=period) for pk, period in sorted(changes.periods))
    for school_class in SchoolClass.objects.filter(pk__in=changes.day_types):
        school_class.day_types.set(changes.day_types[school_class.pk])
    return changes
