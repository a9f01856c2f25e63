"""What an app shows on somebody's home page."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Concern, Consent, ErasureRequest, Message, User
from accounts.permissions import (
    ERASE_PERSON,
    GIVE_OWN_CONSENT,
    MANAGE_PEOPLE,
    PRINT_CARDS,
    RECORD_CONSENT,
    SEE_OUTBOX,
    SET_CONSENT_TEXTS,
    SET_SCHOOL_TIME,
    SET_THRESHOLDS,
)
from accounts.reports.consent import first_open
from accounts.reports.first_steps import Readiness, readiness
from accounts.reports.notices import notices_for

# How long the home page tells that one's call for help was answered and closed.
ANSWER_SHOWN = dt.timedelta(days=7)
# How long it tells a coordinator that a message could not be sent.
STUCK_SHOWN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Need:
    """One line of the daily mail to a coordinator: what waits for her, how often, and where she does it.

    `what` is a word of templates/emails/_need.txt. `is_more` says that only the first ones were counted.
    """

    what: Literal["calls", "erasures", "failed", "unverified", "missing_logs", "empty"]
    count: int
    path: str
    is_more: bool = False


@dataclass(frozen=True)
class Panel:
    """One piece of the home page: a template and what it needs; lower `order` stands higher in its column.

    `needs` is what of it waits for this person, for the daily mail.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    column: Literal["main", "side"] = "main"
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Step:
    """Something that a school needs in its first week: what, why, and where to do it; without `url` others do it."""

    title: str
    reason: str
    action: str
    url: str
    is_done: bool


def calls(user: User, now: dt.datetime) -> list[Panel]:
    """What must reach a person whatever hat she wears at the moment: calls for help, and answers to her own."""
    found = []
    waiting = Concern.objects.answerable_by(user).open()
    if count := waiting.count():
        needs = (Need("calls", count, reverse("concern_list")),)
        found.append(Panel("accounts/_panel_concerns.html", {"count": count}, order=5, needs=needs))
    if answered := Concern.objects.filter(raised_by=user).answered_since(now - ANSWER_SHOWN).first():
        found.append(Panel("accounts/_panel_answered.html", {"concern": answered}, order=6))
    return found


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """News for who reads them here and not by mail, who asks to be erased, and what could not be sent."""
    found = []
    if notices := notices_for(user, now=now):
        found.append(Panel("accounts/_message_notices.html", {"notices": notices}, order=20))
    if user.may(ERASE_PERSON) and (count := ErasureRequest.objects.visible_to(user).open().count()):
        needs = (Need("erasures", count, reverse("erasure_list")),)
        found.append(Panel("accounts/_panel_erasures.html", {"count": count}, order=8, needs=needs))
    if user.may(SEE_OUTBOX) and (count := Message.objects.visible_to(user).stuck_since(now - STUCK_SHOWN).count()):
        needs = (Need("failed", count, f"{reverse('message_list')}?state=stuck"),)
        found.append(Panel("accounts/_panel_messages.html", {"count": count}, order=25, needs=needs))
    if user.may(GIVE_OWN_CONSENT) and (question := first_open(user)):
        # Without a yes to take part a student can do nothing else here; the others can wait below what is next.
        order = 8 if question.text.purpose == Consent.Purpose.TAKE_PART else 35
        found.append(Panel("accounts/_panel_asked.html", {"question": question}, order=order))
    return found


def first_steps(user: User, now: dt.datetime) -> list[Step]:
    """The first week of a school, in its order, done or not; nothing for people who set up no school. Two queries."""
    if not user.may(SET_SCHOOL_TIME):
        return []
    state = readiness(user, now=now)
    steps = [*_steps_of_school(user, state), *_steps_of_people(user, state)]
    if user.may(SET_CONSENT_TEXTS):
        reason = _("A text that nobody approved can't be sent.")
        url = reverse("consent_text_list")
        steps.append(Step(_("Texts of the consents"), reason, _("Approve"), url, state.has_texts))
    return steps


def _steps_of_school(user: User, state: Readiness) -> list[Step]:
    """What an admin sets, a coordinator sees too, without a way there."""
    is_admin = user.may(SET_THRESHOLDS)
    zone, limits = (reverse(name) if is_admin else "" for name in ("school_time_zone", "school_limits"))
    reason = _("All times are shown by it.") if is_admin else _("An admin of your school sets it.")
    steps = [Step(_("Time zone"), reason, _("Set"), zone, state.has_time_zone)]
    if user.may(MANAGE_PEOPLE):
        reason = _("The coordinator runs the program.")
        url = reverse("coordinator_name")
        steps.append(Step(_("A coordinator"), reason, _("Name"), url, state.has_coordinator))
    reason = _("Nothing can be booked before the school has periods.")
    steps.append(Step(_("Periods and their times"), reason, _("Set"), reverse("school_time"), state.has_periods))
    reason = _("There are no school days from today on.")
    steps.append(Step(_("School days"), reason, _("Fill"), reverse("school_day_fill"), state.has_days))
    reason = _("One teacher and one student meet only in rooms that are in view.")
    steps.append(Step(_("A room in view"), reason, _("Choose"), reverse("room_list"), state.has_room_in_view))
    reason = _("Somebody must read a call for help that is about the coordinator.")
    if not is_admin:
        reason += " " + _("An admin of your school chooses.")
    title = _("A second adult for calls for help")
    steps.append(Step(title, reason, _("Choose"), limits, state.has_second_adult))
    return steps


def _steps_of_people(user: User, state: Readiness) -> list[Step]:
    has_people = bool(state.teachers and state.students)
    reason = _("Teachers and students come by a file.")
    steps = [Step(_("People of the program"), reason, _("Import"), reverse("roster_upload"), has_people)]
    reason = _("People with an e-mail address come in by an invitation.")
    title = _("Invitations")
    if count := state.to_invite:
        title = ngettext("%(count)s person is not invited", "%(count)s people are not invited", count)
        title %= {"count": count}
    steps.append(Step(title, reason, _("Invite"), reverse("person_list"), has_people and not count))
    if user.may(PRINT_CARDS):
        title = _("Sign-in cards")
        if count := state.to_print:
            title = ngettext("%(count)s card is to be printed", "%(count)s cards are to be printed", count)
            title %= {"count": count}
        reason = _("Students without an e-mail address come in by a card.")
        steps.append(Step(title, reason, _("Print"), reverse("card_list"), bool(state.students) and not count))
    if user.may(RECORD_CONSENT):
        title = _("Consents")
        if count := state.without_consent:
            title = ngettext("%(count)s consent is missing", "%(count)s consents are missing", count)
            title %= {"count": count}
        url = f"{reverse('consent_board')}?purpose=take_part"
        reason = _("Without it a student can't be booked.")
        steps.append(Step(title, reason, _("Record"), url, bool(state.students) and not count))
    return steps
