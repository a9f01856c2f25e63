"""Words go, on whichever side they were written; hours, states, tools and days stay."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.personal_data.rules import NO_WORDS, Fate, Forecast, Mention, Preview, carry_out, forecast
from mentorship.models import (
    Availability,
    AvailabilityException,
    HelpEntry,
    HelpRequest,
    Mentor,
    MentorTool,
    Pairing,
    Participant,
    Refusal,
    Step,
)
from mentorship.models.pairing import PairingQuerySet

EMPTY_ENTRY = {"note": "", "goal": "", "teacher_remark": ""}
# A verdict must say something where an entry was changed or not accepted.
EMPTY_VERDICT = {"verdict": NO_WORDS}
EMPTY_REQUEST = {"text": ""}
EMPTY_STEP = {"agenda": ""}
EMPTY_PAIRING = {"close_reason": NO_WORDS}


def _entries(user: User) -> QuerySet[HelpEntry]:
    return HelpEntry.objects.filter(Q(student=user) | Q(teacher=user))


def _pairings(user: User) -> PairingQuerySet:
    return Pairing.objects.of(user)


def _steps(user: User) -> QuerySet[Step]:
    return Step.objects.filter(Q(pairing__teacher=user) | Q(pairing__student=user))


FATES = [
    Fate(
        gettext_lazy("Help log: own words, goals and remarks emptied"),
        lambda user: _entries(user).exclude(**EMPTY_ENTRY),
        EMPTY_ENTRY,
    ),
    Fate(
        gettext_lazy("Help log: what was changed, or why not, emptied"),
        lambda user: HelpEntry.objects.filter(Q(student=user) | Q(teacher=user) | Q(verified_by=user)).exclude(
            verdict__in=["", NO_WORDS]
        ),
        EMPTY_VERDICT,
    ),
    Fate(
        gettext_lazy("Requests for help: words emptied"),
        lambda user: HelpRequest.objects.filter(teacher=user).exclude(**EMPTY_REQUEST),
        EMPTY_REQUEST,
    ),
    Fate(
        gettext_lazy("Agendas of planned sessions: emptied"),
        lambda user: _steps(user).exclude(**EMPTY_STEP),
        EMPTY_STEP,
    ),
    Fate(
        gettext_lazy("Pairs: reason of the end emptied"),
        lambda user: _pairings(user).exclude(close_reason__in=["", NO_WORDS]),
        EMPTY_PAIRING,
    ),
    Fate(gettext_lazy("Free periods"), lambda user: Availability.objects.filter(person=user), None),
    Fate(
        gettext_lazy("Free periods on single days"),
        lambda user: AvailabilityException.objects.filter(person=user),
        None,
    ),
    Fate(
        gettext_lazy("Whom this person would rather not meet, and who this person"),
        lambda user: Refusal.objects.filter(Q(person=user) | Q(about=user)),
        None,
    ),
    Fate(gettext_lazy("Tools that a mentor knows"), lambda user: MentorTool.objects.filter(mentor__user=user), None),
    Fate(
        gettext_lazy("Languages that a mentor speaks: emptied"),
        lambda user: Mentor.objects.filter(user=user).exclude(languages=[]),
        {"languages": []},
    ),
]


def preview_erasure(user: User, *, by: User) -> Preview:
    """What would be deleted and emptied here, what stays, and where others wrote this person's name."""
    counted = HelpEntry.objects.filter(student=user).counted()
    hours = (counted.aggregate(minutes=Sum("minutes"))["minutes"] or 0) / 60
    stays = [
        (
            _("Entries of the help log, with %(hours)s hours") % {"hours": number_format(hours, 1)},
            _entries(user).count(),
        ),
        (_("Places in programs"), Participant.objects.filter(person=user).count()),
        (_("Pairs"), _pairings(user).count()),
    ]
    fates = forecast(FATES, user)
    fates += [Forecast(label, count, stays=True) for label, count in stays if count]
    return Preview(fates, [], _mentions(user, by))


def erase(user: User, *, by: User | None, now: dt.datetime) -> None:
    """End what is open (pairs, places in programs, requests) and empty all words; hours and days stay."""
    today = now.astimezone(user.school.zone).date()
    _pairings(user).open().update(state=Pairing.State.CLOSED, closed_on=today, close_reason=NO_WORDS)
    Participant.objects.present().filter(person=user).update(left_on=Greatest(F("joined_on"), today))
    waiting = HelpRequest.objects.filter(teacher=user, state__in=[HelpRequest.State.OPEN, HelpRequest.State.TAKEN])
    waiting.update(state=HelpRequest.State.CLOSED)
    taken = HelpRequest.objects.filter(taken_by=user, state=HelpRequest.State.TAKEN)
    taken.update(state=HelpRequest.State.OPEN, taken_by=None)
    carry_out(FATES, user)


def _mentions(user: User, by: User) -> list[Mention]:
    """Entries and pairs of other people in whose words this person's full name stands, as far as `by` reads them."""
    name = user.full_name
    words = Q(note__icontains=name) | Q(goal__icontains=name) | Q(verdict__icontains=name)
    words |= Q(teacher_remark__icontains=name)
    entries = HelpEntry.objects.visible_to(by).filter(words).exclude(pk__in=_entries(user).values("pk"))
    pairs = Pairing.objects.visible_to(by).exclude(pk__in=_pairings(user).values("pk")).select_related("program")
    steps = Step.objects.filter(pairing__in=pairs, agenda__icontains=name).select_related("pairing")
    requests = HelpRequest.objects.filter(program__school_id=by.school_id, text__icontains=name).exclude(teacher=user)
    return [
        *(
            Mention(_("An entry of the help log"), entry.helped_on, reverse("help_entry_detail", args=[entry.pk]))
            for entry in entries
        ),
        *(
            Mention(_("Reason why a pair ended"), pair.proposed_on, reverse("program_detail", args=[pair.program_id]))
            for pair in pairs.filter(close_reason__icontains=name)
        ),
        *(Mention(_("An agenda"), step.pairing.proposed_on) for step in steps),
        *(Mention(_("A request for help"), request.asked_at.date()) for request in requests),
    ]
