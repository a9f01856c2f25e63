"""Each app's part in "my data", one after the other: the left app first, so that nobody looks for what is gone."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import accounts.personal_data
import mentorship.personal_data
import sessions_app.personal_data
import surveys.personal_data
from accounts.models import RetentionReport, School, User
from accounts.permissions import ERASE_PERSON, Role
from accounts.personal_data.rules import Held, Kept, Preview, days_kept
from accounts.services import Refused, require_act

logger = logging.getLogger(__name__)

APPS = (surveys.personal_data, sessions_app.personal_data, mentorship.personal_data, accounts.personal_data)
# What ends by more than one app: the person is erased in all of them.
ENDED = Kept(
    "ended_accounts",
    gettext_lazy("Accounts that were ended: then the person is erased"),
    gettext_lazy("from the night after the account was ended"),
    default=365,
    minimum=30,
    maximum=1825,
    parts=(),
)
KEPT: list[Kept] = [ENDED, *(kept for app in reversed(APPS) for kept in app.KEPT)]
# What the report says where an app's part of a night failed.
STOPPED = "stopped"


def collect(user: User) -> list[Held]:
    """All that is held about a person, the person first."""
    return [held for app in reversed(APPS) for held in app.collect(user)]


def as_download(user: User, *, now: dt.datetime) -> dict[str, Any]:
    """The same as one JSON object, as docs/my-data.md describes it."""
    return {
        "format": "flipside-my-data-1",
        "made_at": now.astimezone(dt.UTC).isoformat(),
        **{held.key: held.rows for held in collect(user)},
    }


def periods(school: School) -> list[tuple[Kept, int]]:
    """Each kind of data that ends by itself, and how many days this school keeps it."""
    return [(kept, days_kept(school, kept)) for kept in KEPT]


def preview_erasure(user: User, *, by: User) -> Preview:
    """What erasing this person would do, in all apps. Refused as the erasure would be."""
    _refuse(user, by)
    parts = [app.preview_erasure(user, by=by) for app in APPS]
    return Preview(
        [line for part in parts for line in part.fates],
        [line for part in parts for line in part.not_found],
        [line for part in parts for line in part.mentions],
    )


@transaction.atomic
def erase(user: User, *, by: User, now: dt.datetime) -> User:
    """Erase a person, in all apps or in none: what is ahead is cancelled, words and addresses go, hours stay.

    A coordinator of the school does it, for somebody who is neither a coordinator nor an admin (who must lose these
    roles first, by an admin), never for herself. Raises Refused.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("school").get(pk=user.pk)
    _refuse(user, by)
    _erase(user, by=by, now=now)
    return user


def expire(school: School, *, now: dt.datetime) -> Counter[str]:
    """End what this school has kept long enough, and write down how much; a part that fails stops no other.

    Run again on the same day it finds nothing more, and the day's report stays as it was.
    """
    today = now.astimezone(school.zone).date()
    counts = _erase_ended(school, today=today, now=now)
    for app in APPS:
        try:
            counts += app.expire(school, today=today)
        except (
            Exception
        ):  # whatever it is: the other apps' data must end too, and the report says that this one's did not
            logger.exception("clearing of school %s stopped in %s", school.pk, app.__name__)
            counts[STOPPED] += 1
    with transaction.atomic():
        School.objects.select_for_update(no_key=True).get(pk=school.pk)  # two nights at once stand in line
        report, _made = RetentionReport.objects.get_or_create(school=school, date=today)
        report.counts = dict(Counter(report.counts) + counts)
        report.save(update_fields=["counts"])
    return counts


def _erase_ended(school: School, *, today: dt.date, now: dt.datetime) -> Counter[str]:
    """Note which accounts were found ended tonight, and erase the people whose account ended long enough ago."""
    people = User.objects.filter(school=school, erased_at=None)
    people.filter(is_active=False, ended_on=None).update(ended_on=today)
    people.filter(is_active=True).exclude(ended_on=None).update(ended_on=None)
    counts: Counter[str] = Counter()
    last = today - dt.timedelta(days=days_kept(school, ENDED))
    for pk in list(people.filter(ended_on__lte=last).order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                person = User.objects.select_for_update(of=("self",)).select_related("school").get(pk=pk)
                if not person.is_active and not person.erased_at:  # nobody took the account back in this moment
                    _erase(person, by=None, now=now)
                    counts[ENDED.key] += 1
        except Exception:  # one person who can't be erased keeps nobody else's data
            logger.exception("user %s of school %s could not be erased", pk, school.pk)
            counts[STOPPED] += 1
    return counts


def _erase(user: User, *, by: User | None, now: dt.datetime) -> None:
    for app in APPS:
        app.erase(user, by=by, now=now)


def _refuse(user: User, by: User) -> None:
    require_act(by, ERASE_PERSON, user.school_id)
    if user.pk == by.pk:
        raise Refused(_("Nobody erases themselves. Ask for it on “My data”; another coordinator carries it out."))
    if user.has_role(Role.COORDINATOR, Role.ADMIN):
        raise Refused(_("A coordinator or an admin can't be erased. An admin takes this role away first."))
    if user.erased_at:
        raise Refused(_("This person was erased already."))
