"""A roster's text, and the few words with which tests stage and confirm it."""

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl

from accounts.models import RosterUpload, User
from accounts.roster import read_files, read_roster
from accounts.services.roster import confirm_roster, stage_roster
from tests.cast import NOW

HEADER = "role,givenName,familyName,email,username,grade,title,language,sourcedId\n"
FILE = f"""{HEADER}teacher,Eva,Lund,eva@example.org,,,Ms,es,t-1
student,Sami,Khoury,,,7,,ar,s-1
student,Nora,Berg,,,8,,,s-2
teacher,Nobody,,,,,,,t-9
parent,Paula,Berg,,,,,,p-1
"""


def stage(text: str, by: User, now: dt.datetime = NOW, *, is_whole: bool = False) -> RosterUpload:
    return stage_roster(read_roster(text.encode()), is_whole=is_whole, by=by, now=now)


def stage_folder(files: dict[str, str], by: User) -> RosterUpload:
    contents = [(name, text.encode()) for name, text in files.items()]
    return stage_roster(read_files(contents, school="o-1"), by=by, now=NOW)


def confirm(upload: RosterUpload, by: User, *, all_students: bool = False, is_leaving: bool = False) -> dict[str, int]:
    return confirm_roster(upload, all_students=all_students, is_leaving=is_leaving, by=by, now=NOW)


def fates(upload: RosterUpload) -> list[str]:
    return list(upload.rows.values_list("fate", flat=True))


def zipped(files: dict[str, str | bytes], **options: Any) -> bytes:
    """A zip with these files, by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", options.pop("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def sheet(*rows: tuple[object, ...]) -> bytes:
    """A spreadsheet with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# One school of OneRoster 1.2, in our own words, beside another of the same district.
FOLDER = {
    "manifest.csv": "propertyName,value\noneroster.version,1.2\nfile.users,bulk\nfile.roles,bulk\n",
    "orgs.csv": "sourcedId,status,name,type\no-1,active,Lincoln Junior High,school\no-2,active,Other School,school\n"
    "o-9,active,The District,district\n",
    "users.csv": "sourcedId,status,enabledUser,username,givenName,familyName,email,agentSourcedIds,grades,password,"
    "primaryOrgSourcedId,pronouns\n"
    "t-1,active,true,,Eva,Lund,eva@example.org,,,Secret-1,o-1,\n"
    "t-2,active,true,,Olga,Elsewhere,olga@example.org,,,Secret-2,o-2,\n"
    "s-1,active,true,,Sami,Khoury,,p-1,07,Secret-3,o-1,he\n"
    "s-2,active,true,,Nora,Berg,,,08,Secret-4,o-1,\n"
    "p-1,active,true,,Rana,Khoury,rana@example.org,,,Secret-5,o-1,\n"
    "t-3,active,true,,Ida,Both,,,,Secret-6,o-9,\n",
    "roles.csv": "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
    "r-1,active,t-1,primary,teacher,o-1\nr-2,active,t-2,primary,teacher,o-2\nr-3,active,s-1,primary,student,o-1\n"
    "r-4,active,s-2,primary,student,o-1\nr-5,active,p-1,primary,parent,o-1\n"
    "r-6,active,t-3,primary,districtAdministrator,o-9\nr-7,active,t-3,secondary,teacher,o-1\n"
    "r-8,tobedeleted,s-2,secondary,teacher,o-2\n",
    "courses.csv": "sourcedId,title,subjects\nk-1,Physics,Science\n",
    "classes.csv": "sourcedId,status,title,grades,courseSourcedId,schoolSourcedId\n"
    "c-1,active,Physics 7,07,k-1,o-1\nc-2,tobedeleted,History,,,o-1\nc-3,active,Art,,,o-2\n",
    "enrollments.csv": "sourcedId,status,classSourcedId,userSourcedId,role\n"
    "e-1,active,c-1,t-1,teacher\ne-2,active,c-1,s-1,student\ne-3,tobedeleted,c-1,s-2,student\n"
    "e-4,active,c-3,t-2,teacher\n",
    "demographics.csv": "sourcedId,birthDate\ns-1,2014-02-01\n",
}
