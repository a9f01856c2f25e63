"""What leaves the house is written down."""

from __future__ import annotations

from accounts.models import TrailEntry, User
from accounts.permissions import EXPORT_STUDY, RUN_STUDY
from accounts.services import require_act
from accounts.services.trail import note_in_trail
from surveys.models import Study


def note_export(study: Study, *, by: User) -> None:
    """Write into the trail that somebody took the answers, and whether they are not pseudonymous to this person.

    Who is coordinator and admin at once knows who was asked, and can guess whose answers these are.
    """
    require_act(by, EXPORT_STUDY, study.school_id)
    note_in_trail(
        Study,
        act=TrailEntry.Act.EXPORT,
        object_id=study.pk,
        school=study.school,
        by=by,
        changes={"title": [None, study.title], "knows_names": [None, by.may(RUN_STUDY)]},
    )
