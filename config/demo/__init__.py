"""The demo school: one school in the middle of its term, made by the same services that the pages call.

Its dates follow the day on which it is loaded. Every name is invented. Nothing here is in production: `load_demo`
refuses with DEBUG off, and so does the sign-in of its people.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Message, School
from config.demo.people import make_program, make_school
from config.demo.studies import make_last_terms_study, make_study
from config.demo.term import make_coming, make_past


def load(*, now: dt.datetime) -> School:
    """Make the demo school as it stands at `now`, in one transaction."""
    with transaction.atomic():
        demo = make_school(now)
        program = make_program(demo, "Tech team", starts=-60, ends=150)
        make_last_terms_study(demo)
        make_study(demo, program)
        make_past(demo, program)
        make_coming(demo, program)
        # What would have gone out before the school was loaded never existed.
        Message.objects.filter(school=demo.school, due_at__lte=now).delete()
    return demo.school
