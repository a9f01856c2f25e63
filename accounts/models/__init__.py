"""Who people are, where and when school is, and how people are reached."""

from accounts.models.concern import Concern
from accounts.models.consent import Consent, Guardian
from accounts.models.consent_text import ConsentText
from accounts.models.end_of_data import ErasureRequest, RetentionReport
from accounts.models.job import Job
from accounts.models.learner_flags import FlagGrant, FlagRead, Flags, LearnerFlags, may_read_flags
from accounts.models.message import Message
from accounts.models.message_choice import MessageChoice
from accounts.models.roster import RosterClass, RosterRow, RosterUpload
from accounts.models.school import Room, School
from accounts.models.school_class import SchoolClass
from accounts.models.school_time import BellSchedule, DayType, Period, PeriodTime, SchoolDay
from accounts.models.secret_link import SecretLink
from accounts.models.sign_in import ConnectedAccount, SecondFactor
from accounts.models.trail import TRACKED, Tracked, TrailEntry, track
from accounts.models.user import User

from accounts.models import tracked  # isort: skip  # last: the list of what the trail keeps of all these

__all__ = [
    "BellSchedule",
    "Concern",
    "ConnectedAccount",
    "Consent",
    "ConsentText",
    "DayType",
    "ErasureRequest",
    "FlagGrant",
    "FlagRead",
    "Flags",
    "Guardian",
    "Job",
    "LearnerFlags",
    "Message",
    "MessageChoice",
    "Period",
    "PeriodTime",
    "RetentionReport",
    "Room",
    "RosterClass",
    "RosterRow",
    "RosterUpload",
    "School",
    "SchoolClass",
    "SchoolDay",
    "SecondFactor",
    "SecretLink",
    "TRACKED",
    "Tracked",
    "TrailEntry",
    "User",
    "may_read_flags",
    "track",
    "tracked",
]
