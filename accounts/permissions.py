"""Who may do what: the whole policy of roles, on one screen.

The source is the matrix "Who may see what". A view names one of these acts in `@role_required(...)`;
which rows of that kind a person sees is said by the model's `visible_to(user)`.
This room is words only: it imports no model.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The four hats of a school. One person may wear several; rights are their union."""

    COORDINATOR = "coordinator", _("Coordinator")
    TEACHER = "teacher", _("Teacher")
    STUDENT = "student", _("Student mentor")
    ADMIN = "admin", _("Admin")


C, T, S, A = Role.COORDINATOR, Role.TEACHER, Role.STUDENT, Role.ADMIN
Act = frozenset[Role]

# People
SEE_PEOPLE: Act = frozenset({C, A})
IMPORT_ROSTER: Act = frozenset({C, A})
INVITE_PEOPLE: Act = frozenset({C, A})  # a coordinator: teachers and students only
MANAGE_PEOPLE: Act = frozenset({A})  # accounts and roles; nobody makes themselves a coordinator
PRINT_CARDS: Act = frozenset({C})
KEEP_CLASS_LISTS: Act = frozenset({C})  # they say who grades whom
CLEAR_LOCK_OUT: Act = frozenset({C, A})  # a coordinator: never an admin's
RECORD_CONSENT: Act = frozenset({C})
SEE_CONSENT_STATE: Act = frozenset({C, A})  # an admin reads has or has not, nothing else
GIVE_OWN_CONSENT: Act = frozenset({T, S})
READ_FLAGS: Act = frozenset({C})  # and only if an admin granted it; each reading is logged
READ_OWN_FLAGS: Act = frozenset({S})
GRANT_FLAGS: Act = frozenset({A})
READ_TRAIL: Act = frozenset({C, T, S, A})  # own entries; all of the school for C; without contents for A
ERASE_PERSON: Act = frozenset({C})
OWN_DATA: Act = frozenset({C, T, S, A})
CHOOSE_MESSAGES: Act = frozenset({C, T, S, A})  # how and when the own ones come
STOP_TAKING_PART: Act = frozenset({C, S})
ANSWER_CONCERN: Act = frozenset({C})
ASK_FOR_HELP: Act = frozenset({C, T, S, A})
# School
SET_SCHOOL_TIME: Act = frozenset({C, A})
SET_CONSENT_TEXTS: Act = frozenset({C, A})
SEE_THRESHOLDS: Act = frozenset({C, A})
SET_THRESHOLDS: Act = frozenset({A})  # thresholds, retention, sign-in rules
SEE_OUTBOX: Act = frozenset({C})
# Who mentors whom
RUN_PROGRAM: Act = frozenset({C})
SET_AVAILABILITY: Act = frozenset({C, T, S})
REFUSE_PERSON: Act = frozenset({C, T, S})  # "rather not with ..."; nobody else learns of it
EDIT_MENTOR: Act = frozenset({C, S})
READ_HELP_LOG: Act = frozenset({C, T, S})
VERIFY_HELP: Act = frozenset({C})
# When and where
SEE_CALENDAR: Act = frozenset({C, T, S})
SCHEDULE_PLAYGROUND: Act = frozenset({C})
JOIN_PLAYGROUND: Act = frozenset({T})
BOOK_MENTOR: Act = frozenset({T})
CHANGE_BOOKING: Act = frozenset({C, T})
DECLINE_BOOKING: Act = frozenset({S})
LOG_HELP: Act = frozenset({S})
SAY_HOW_IT_WENT: Act = frozenset({T, S})  # "We have started", "We are done": the two of a booking
SAY_IT_DID_NOT_TAKE_PLACE: Act = frozenset({C, T, S})
# Surveys
SEE_SURVEYS: Act = frozenset({C, T, A})
ANSWER_SURVEY: Act = frozenset({T})
RUN_STUDY: Act = frozenset({C})
SEE_STUDY: Act = frozenset({C, A})
EXPORT_STUDY: Act = frozenset({A})

security = logging.getLogger("flipside.security")
View = Callable[..., HttpResponseBase]


def role_required(act: Act) -> Callable[[View], View]:
    """Let only people through who wear one of the roles of `act`; anybody else who is signed in gets 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user, act):
                security.warning("refused: user %s, page %s", getattr(request.user, "pk", None), view.__name__)
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def may(user: Any, act: Act) -> bool:
    """Whether this person may do `act`: the union of the person's roles decides."""
    return not act.isdisjoint(getattr(user, "roles", ()))
