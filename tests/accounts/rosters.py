"""A roster's text, and the few words with which tests stage and confirm it."""

import datetime as dt

from accounts.models import RosterUpload, User
from accounts.roster import read_roster
from accounts.services.roster import confirm_roster, stage_roster
from tests.cast import NOW

HEADER = "role,givenName,familyName,email,username,grade,title,language,sourcedId\n"
FILE = f"""{HEADER}teacher,Eva,Lund,eva@example.org,,,Ms,es,t-1
student,Sami,Khoury,,,7,,ar,s-1
student,Nora,Berg,,,8,,,s-2
teacher,Nobody,,,,,,,t-9
parent,Paula,Berg,,,,,,p-1
"""


def stage(text: str, by: User, now: dt.datetime = NOW) -> RosterUpload:
    return stage_roster(read_roster(text.encode()), by=by, now=now)


def confirm(upload: RosterUpload, by: User, *, all_students: bool = False) -> dict[str, int]:
    return confirm_roster(upload, all_students=all_students, by=by, now=NOW)


def fates(upload: RosterUpload) -> list[str]:
    return list(upload.rows.values_list("fate", flat=True))
