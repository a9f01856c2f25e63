"""The first moment of a school: itself, and the admin who goes on from there."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.models.school import validate_time_zone
from accounts.permissions import Role
from accounts.services.consent_text import install_consent_texts
from accounts.services.invitation import post_invitations
from accounts.services.person import Particulars, make_person
from accounts.services.refusal import Refused


@transaction.atomic
def create_school(
    *,
    name: str,
    admin_email: str,
    time_zone: str,
    language: str,
    given_name: str,
    family_name: str,
    now: dt.datetime,
) -> User:
    """Make a school and its first admin, who is invited by mail; answers the admin.

    Without a name the admin is called by the first part of the address until she writes hers. Refused, with nothing
    written, for a name that another school has, a wrong or taken address, and an unknown time zone or language.
    """
    name, email = name.strip(), admin_email.strip()
    _refuse_unless_plausible(name, email, time_zone, language)
    languages = [language, *(code for code, _label in settings.LANGUAGES if code != language)]
    school = School.objects.create(name=name, time_zone=time_zone, languages=languages)
    particulars = Particulars(
        given_name=given_name.strip() or email.partition("@")[0][:100],
        family_name=family_name.strip(),
        language=language,
        email=email,
    )
    admin = make_person(school, particulars, roles=[Role.ADMIN])
    install_consent_texts(school)
    post_invitations([admin], now=now)
    return admin


def _refuse_unless_plausible(name: str, email: str, time_zone: str, language: str) -> None:
    if not 0 < len(name) <= 200:
        raise Refused(_("A school needs a name of at most 200 signs."))
    if School.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is a school of this name already."))
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("This is not an e-mail address.")) from error
    try:
        validate_time_zone(time_zone)
    except ValidationError as error:
        raise Refused(error.messages[0]) from error
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Flipside speaks %(languages)s.") % {"languages": _(", ").join(dict(settings.LANGUAGES))})
