"""What this app holds about a person: to hand out, to erase, and to end when it was kept long enough."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session

from accounts.models import (
    Concern,
    Consent,
    ConsentText,
    ErasureRequest,
    FlagGrant,
    FlagRead,
    Guardian,
    Job,
    LearnerFlags,
    Message,
    MessageChoice,
    RosterClass,
    RosterRow,
    RosterUpload,
    School,
    SchoolClass,
    SecretLink,
    TrailEntry,
    User,
)
from accounts.personal_data.collecting import collect
from accounts.personal_data.erasing import erase, preview_erasure
from accounts.personal_data.keeping import KEPT, expire

# Every model here from which a way leads to a person. A Session leads there too, though by no foreign key.
CLAIMED = frozenset(
    {
        Authenticator,
        Concern,
        Consent,
        ConsentText,
        EmailAddress,
        EmailConfirmation,
        ErasureRequest,
        FlagGrant,
        FlagRead,
        Guardian,
        Job,
        LearnerFlags,
        Message,
        MessageChoice,
        RosterClass,
        RosterRow,
        RosterUpload,
        School,
        SchoolClass,
        SchoolClass.day_types.through,
        SchoolClass.periods.through,
        SchoolClass.students.through,
        SchoolClass.teachers.through,
        SecretLink,
        Session,
        SocialAccount,
        SocialToken,
        TrailEntry,
        User,
    }
)

__all__ = ["CLAIMED", "KEPT", "collect", "erase", "expire", "preview_erasure"]
