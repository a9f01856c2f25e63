"""What the trail keeps of this app. Never: JournalEntry, agendas, and the words of a log or of a request."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Tracked, track
from mentorship.models.help_entry import HelpEntry
from mentorship.models.help_request import HelpRequest
from mentorship.models.pairing import Pairing, Step
from mentorship.models.program import Participant, Program

SCHOOL_OF_PROGRAM = "(SELECT program.school_id FROM mentorship_program program WHERE program.id = r.program_id)"


def of_pairing(column: str) -> str:
    """A column of the pairing of this step."""
    return f"(SELECT pairing.{column} FROM mentorship_pairing pairing WHERE pairing.id = r.pairing_id)"  # noqa: S608  # ours


track(
    Program,
    Tracked(
        name=_("Programs"),
        fields=("name", "template", "starts_on", "ends_on", "closed_on"),
        school="r.school_id",
        words={
            "insert": _("%(who)s began the program %(name)s."),
            "update": _("%(who)s changed a program."),
            "delete": _("%(who)s removed the program %(name)s."),
            "name": _("%(who)s changed the name of a program from %(old)s to %(new)s."),
            "starts_on": _("%(who)s moved the first day of a program from %(old)s to %(new)s."),
            "ends_on": _("%(who)s moved the last day of a program from %(old)s to %(new)s."),
            "closed_on=": _("%(who)s opened a program again."),
            "closed_on": _("%(who)s closed a program."),
        },
    ),
)
track(
    Participant,
    Tracked(
        name=_("People in programs"),
        fields=("program", "person", "role", "joined_on", "left_on"),
        hidden=("arm",),  # the arm stands in one place only
        school=SCHOOL_OF_PROGRAM,
        people=("r.person_id",),
        words={
            "insert": _("%(who)s added %(whom)s to a program."),
            "update": _("%(who)s changed the part of %(whom)s in a program."),
            "delete": _("%(who)s removed %(whom)s from a program."),
            "arm": _("%(who)s changed the arm of %(whom)s."),
            "left_on=": _("%(who)s took %(whom)s into a program again."),
            "left_on": _("%(who)s noted that %(whom)s left a program."),
        },
    ),
)
track(
    Pairing,
    Tracked(
        name=_("Pairs"),
        fields=("program", "teacher", "student", "state", "proposed_on", "started_on", "closed_on"),
        hidden=("close_reason",),
        school=SCHOOL_OF_PROGRAM,
        people=("r.teacher_id", "r.student_id"),
        words={
            "insert": _("%(who)s made a pair of %(whom)s and %(other)s."),
            "update": _("%(who)s changed the pair of %(whom)s and %(other)s."),
            "delete": _("%(who)s removed the pair of %(whom)s and %(other)s."),
            "state=started": _("%(who)s started the pair of %(whom)s and %(other)s."),
            "state=paused": _("%(who)s paused the pair of %(whom)s and %(other)s."),
            "state=closed": _("%(who)s closed the pair of %(whom)s and %(other)s."),
        },
    ),
)
track(
    Step,
    Tracked(
        name=_("Sessions of pairs"),
        fields=("pairing", "position", "direction", "starts_at", "started_at", "ended_at"),
        school=(
            "(SELECT program.school_id FROM mentorship_pairing pairing"
            " JOIN mentorship_program program ON program.id = pairing.program_id WHERE pairing.id = r.pairing_id)"
        ),
        people=(of_pairing("teacher_id"), of_pairing("student_id")),
        words={
            "insert": _("%(who)s planned a session of %(whom)s and %(other)s."),
            "update": _("%(who)s changed a session of %(whom)s and %(other)s."),
            "delete": _("%(who)s removed a session of %(whom)s and %(other)s."),
            "starts_at=": _("%(who)s took the time of a session of %(whom)s and %(other)s away."),
            "starts_at": _("%(who)s set a session of %(whom)s and %(other)s to %(new)s."),
            "started_at": _("%(who)s started a session of %(whom)s and %(other)s."),
            "ended_at": _("%(who)s ended a session of %(whom)s and %(other)s."),
        },
    ),
)
track(
    HelpRequest,
    Tracked(
        name=_("Calls for a mentor"),
        fields=("program", "teacher", "tool", "wanted_by", "state", "taken_by"),
        hidden=("learner_group", "text"),
        school=SCHOOL_OF_PROGRAM,
        people=("r.teacher_id", "r.taken_by_id"),
        words={
            "insert": _("%(who)s wrote a request of %(whom)s for help."),
            "update": _("%(who)s changed a request of %(whom)s for help."),
            "delete": _("%(who)s removed a request of %(whom)s for help."),
            "state": _("%(who)s changed a request of %(whom)s for help from %(old)s to %(new)s."),
        },
    ),
)
track(
    HelpEntry,
    Tracked(
        name=_("Help log"),
        fields=(
            "program",
            "student",
            "teacher",
            "step",
            "helped_on",
            "minutes",
            "state",
            "submitted_at",
            "verified_at",
            "verified_by",
            "thanked_at",
        ),
        hidden=("learner_group", "goal", "done", "outcome", "trouble", "note", "verdict", "teacher_remark"),
        school=SCHOOL_OF_PROGRAM,
        people=("r.student_id", "r.teacher_id"),
        unless="r.state = 'draft'",  # a draft is the student's alone
        words={
            "insert": _("%(who)s sent a log of %(whom)s: help for %(other)s."),
            "update": _("%(who)s changed the log of %(whom)s."),
            "delete": _("%(who)s removed a log of %(whom)s."),
            "state=submitted": _("%(who)s sent a log of %(whom)s: help for %(other)s."),
            "state=verified": _("%(who)s verified the log of %(whom)s."),
            "state=changed": _("%(who)s verified the log of %(whom)s with a change."),
            "state=denied": _("%(who)s did not accept the log of %(whom)s."),
            "minutes": _("%(who)s changed the minutes in the log of %(whom)s from %(old)s to %(new)s."),
            "helped_on": _("%(who)s changed the day in the log of %(whom)s from %(old)s to %(new)s."),
            "thanked_at": _("%(who)s thanked %(whom)s."),
        },
    ),
)
