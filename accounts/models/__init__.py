"""Who people are, where and when school is, and how people are reached."""

from accounts.models.concern import Concern
from accounts.models.consent import Consent, Guardian
from accounts.models.job import Job
from accounts.models.message import Message
from accounts.models.roster import RosterRow, RosterUpload
from accounts.models.school import Room, School
from accounts.models.school_time import BellSchedule, DayType, Period, PeriodTime, SchoolDay
from accounts.models.user import User

__all__ = [
    "BellSchedule",
    "Concern",
    "Consent",
    "DayType",
    "Guardian",
    "Job",
    "Message",
    "Period",
    "PeriodTime",
    "Room",
    "RosterRow",
    "RosterUpload",
    "School",
    "SchoolDay",
    "User",
]
