"""Acts that must also free time: a concern, and a consent that is withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Concern, Consent, ConsentText, SecretLink, User
from accounts.services import Refused
from accounts.services.concern import open_concern
from accounts.services.consent import withdraw_consent
from accounts.services.consent_text import approve_consent_text
from accounts.services.guardian import answer_as_guardian
from mentorship.services import pause_pairings_between
from sessions_app.models import Booking, Duty, Hold, PlaygroundSession, SignUp, WaitlistEntry
from sessions_app.models.booking import BookingQuerySet
from sessions_app.services.booking import end_booking
from sessions_app.services.holds import lock_bodies
from sessions_app.services.playground_waitlist import end_waiting


def raise_concern(*, by: User, about: User | None, text: str, now: dt.datetime) -> Concern:
    """Somebody says "I need help": the coordinator is told at once.

    With `about`, the pairing of the two is paused and their coming bookings are cancelled; neither is told why.
    """
    with transaction.atomic():
        if about is not None and about.school_id != by.school_id:
            raise Refused(_("This person is not at your school."))
        concern = open_concern(by=by, about=about, text=text, now=now)
        if about is not None:
            pause_pairings_between(by, about, by=by)
            between = Booking.objects.of(by) & Booking.objects.of(about)
            _cancel_ahead(between, people=[by, about], by=by, now=now)
    return concern


def withdraw_take_part(person: User, *, by: User, now: dt.datetime, given_by: str | None = None) -> int:
    """A guardian or the student takes the consent to take part back: coming bookings and duties end with it.

    Whose yes it is, where `given_by` does not say: see `withdraw_consent`. Returns how many bookings were cancelled.
    Raises Refused if no such consent stands.
    """
    with transaction.atomic():
        today = now.astimezone(person.school.zone).date()
        if not withdraw_consent(person, Consent.Purpose.TAKE_PART, by=by, today=today, given_by=given_by):
            raise Refused(_("No consent to take part stands for this person."))
        return free_time_of(person, by=by, now=now)


def approve_text(text: ConsentText, *, by: User, now: dt.datetime) -> int:
    """Approve a consent text; where it asks again, the bookings and duties end of those who must say yes once more.

    Returns how many bookings were cancelled.
    """
    with transaction.atomic():
        return sum(free_time_of(person, by=by, now=now) for person in approve_consent_text(text, by=by, now=now))


def answer_by_link(link: SecretLink, *, answers: Mapping[ConsentText, bool], signature: str, now: dt.datetime) -> int:
    """A guardian answers by the link of a mail; a no where a yes to take part stood ends what is ahead.

    Returns how many bookings were cancelled.
    """
    with transaction.atomic():
        student = answer_as_guardian(link, answers=answers, signature=signature, now=now)
        # Nobody is signed in: the bookings end in the student's own name.
        return free_time_of(student, by=student, now=now) if student else 0


def free_time_of(student: User, *, by: User, now: dt.datetime) -> int:
    """End the coming bookings and duties of a student who may not take part any more; returns how many bookings."""
    count = _cancel_ahead(Booking.objects.filter(mentor=student), people=[student], by=by, now=now)
    duties = Duty.objects.filter(person=student, playground__starts_at__gt=now).select_related("playground")
    outbox.withdraw(*(duty.playground.about for duty in duties), user=student)
    duties.delete()
    Hold.objects.filter(person=student, playground__starts_at__gt=now).delete()
    return count


def free_all_time_of(person: User, *, by: User, now: dt.datetime) -> int:
    """Cancel all that somebody who leaves has ahead: bookings on either side, duties, places at playgrounds.

    Returns how many bookings were cancelled. Raises Refused while the person is in charge of a playground to come:
    it is cancelled first.
    """
    with transaction.atomic():
        if PlaygroundSession.objects.standing().filter(adult_in_charge=person, ends_at__gt=now).exists():
            raise Refused(
                _("%(name)s is in charge of a playground to come. Cancel it first.") % {"name": person.full_name}
            )
        return free_time_of(person, by=by, now=now) + free_teaching_time_of(person, by=by, now=now)


def free_teaching_time_of(teacher: User, *, by: User, now: dt.datetime) -> int:
    """End the coming bookings of a teacher and her places at playgrounds; returns how many bookings."""
    count = _cancel_ahead(Booking.objects.filter(teacher=teacher), people=[teacher], by=by, now=now)
    places = SignUp.objects.filter(teacher=teacher, playground__starts_at__gt=now)
    outbox.withdraw(*(place.about for place in places))
    places.delete()
    # What frees with all this is offered to others by the next scan.
    end_waiting(WaitlistEntry.objects.open().filter(teacher=teacher), state=WaitlistEntry.State.GONE)
    return count


def _cancel_ahead(bookings: BookingQuerySet, *, people: Sequence[User], by: User, now: dt.datetime) -> int:
    """Cancel those of the bookings that stand and have not begun; returns how many.

    Who books one of them in this very moment has asked the rules already: we wait, however long, and look again.
    Rows before locks, as `move_booking` takes them, or the two could wait for each other.
    """
    count = _cancel_standing(bookings, by=by, now=now)
    lock_bodies(people=[person.pk for person in people], rooms=[], timeout_ms=0)
    return count + _cancel_standing(bookings, by=by, now=now)


def _cancel_standing(bookings: BookingQuerySet, *, by: User, now: dt.datetime) -> int:
    ahead = bookings.standing().filter(starts_at__gt=now).to_change().order_by("pk")
    for booking in ahead:
        end_booking(booking, state=Booking.State.CANCELLED, by=by, reason="", now=now)
    return len(ahead)
