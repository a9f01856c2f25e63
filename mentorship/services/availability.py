"""When a person is free in the school week."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import DayType, Period, User
from accounts.permissions import RUN_PROGRAM, SET_AVAILABILITY
from accounts.services import Refused, require_act
from mentorship.models import Availability


@transaction.atomic
def set_availability(person: User, slots: Collection[tuple[int, int]], *, by: User) -> None:
    """The person is free in exactly these slots from now on; what stood before is replaced.

    `slots` holds (day type id, period id) pairs. Everybody sets the own ones, who runs the program anybody's.
    Refused when a slot is not of the person's school.
    """
    require_act(by, SET_AVAILABILITY if by == person else RUN_PROGRAM, person.school_id)
    day_types = set(DayType.objects.filter(school=person.school_id).values_list("pk", flat=True))
    periods = set(Period.objects.filter(school=person.school_id).values_list("pk", flat=True))
    if any(day_type not in day_types or period not in periods for day_type, period in slots):
        raise Refused(_("This is not a period of your school."))
    # One writer at a time for each person; the rows below may not exist yet, so the person is what can be locked.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    old = {(row.day_type_id, row.period_id): row.pk for row in Availability.objects.filter(person=person)}
    Availability.objects.filter(pk__in=[pk for slot, pk in old.items() if slot not in slots]).delete()
    Availability.objects.bulk_create(
        Availability(person=person, day_type_id=day_type, period_id=period)
        for day_type, period in sorted(set(slots) - set(old))
    )
