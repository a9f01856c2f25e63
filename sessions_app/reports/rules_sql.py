"""The hard rules as SQL, written once: the finder judges many by them, the service one meeting."""

# All of these speak of `person`, a row of accounts_user who is to be the mentor, and of the parameter `teacher`.
MAY_TAKE_PART = """
person.is_active AND person.id <> %(teacher)s
AND EXISTS (SELECT 1 FROM accounts_consent consent
             WHERE consent.person_id = person.id AND consent.purpose = 'take_part'
               AND consent.given_by = 'guardian' AND consent.withdrawn_on IS NULL)
AND EXISTS (SELECT 1 FROM accounts_consent assent
             WHERE assent.person_id = person.id AND assent.purpose = 'take_part'
               AND assent.given_by = 'self' AND assent.withdrawn_on IS NULL)
"""

# A call for help that is open, "rather not with ..." of either of the two, or she grades this student. Each list is
# short, and read once for all mentors.
IS_KEPT_APART = """
person.id IN (
    SELECT CASE concern.raised_by_id WHEN %(teacher)s THEN concern.about_id ELSE concern.raised_by_id END
      FROM accounts_concern concern
     WHERE concern.closed_at IS NULL AND concern.about_id IS NOT NULL
       AND %(teacher)s IN (concern.raised_by_id, concern.about_id)
    UNION ALL
    SELECT CASE refusal.person_id WHEN %(teacher)s THEN refusal.about_id ELSE refusal.person_id END
      FROM mentorship_refusal refusal
     WHERE %(teacher)s IN (refusal.person_id, refusal.about_id)
    UNION ALL
    SELECT graded.user_id
      FROM accounts_schoolclass_teachers grading
      JOIN accounts_schoolclass_students graded USING (schoolclass_id)
     WHERE grading.user_id = %(teacher)s)
"""


def is_teacher_free(*, day: str, day_type: str, period: str, wall_from: str, wall_to: str) -> str:
    """Whether `teacher` is free at a time, by what she said of her periods then; the names are columns or values.

    Hers are the bells for everybody: where those of the mentor's grade put the period at another time, she must be free
    in whatever she has then. On a kind of day that has no bells for everybody the name of the period counts.
    """
    said = f"""
        SELECT COALESCE(exception.is_free, rule.id IS NOT NULL)
          FROM (SELECT {{this}} AS period_id) asked_period
          LEFT JOIN mentorship_availability rule
                 ON rule.person_id = %(teacher)s AND rule.day_type_id = {day_type}
                AND rule.period_id = asked_period.period_id
          LEFT JOIN mentorship_availabilityexception exception
                 ON exception.person_id = %(teacher)s AND exception.date = {day}
                AND exception.period_id = asked_period.period_id"""  # noqa: S608  # our own words only
    return f"""COALESCE(
    (SELECT COALESCE(bool_and(({said.format(this="time.period_id")}))
                     FILTER (WHERE time.starts < {wall_to} AND time.ends > {wall_from}), TRUE)
       FROM accounts_periodtime time
       JOIN accounts_bellschedule bells ON bells.id = time.bell_schedule_id AND bells.grades = '{{}}'
      WHERE time.day_type_id = {day_type}
     HAVING count(*) > 0),
    ({said.format(this=period)}))"""  # noqa: S608  # our own words only


# The classes of `leaver.person_id` in `leaver.period_id` on a day of `leaver.day_type_id`.
CLASSES_THEN = """
accounts_schoolclass_students pupil
JOIN accounts_schoolclass class ON class.id = pupil.schoolclass_id
JOIN accounts_schoolclass_periods held ON held.schoolclass_id = class.id
"""
IS_CLASS_THEN = """
pupil.user_id = leaver.person_id AND held.period_id = leaver.period_id
AND (NOT EXISTS (SELECT 1 FROM accounts_schoolclass_day_types meets WHERE meets.schoolclass_id = class.id)
     OR EXISTS (SELECT 1 FROM accounts_schoolclass_day_types meets
                 WHERE meets.schoolclass_id = class.id AND meets.daytype_id = leaver.day_type_id))
"""

# Whether `hold` is an earlier or later leaving of the same class, too near. Without a class list nobody knows which
# class it is: then the same period counts as the same class. A hold by the clock may have several.
IS_SAME_CLASS = """
hold.person_id = leaver.person_id AND hold.misses <> ''
AND hold.during && tstzrange(leaver.apart_from, leaver.apart_to, '[)')
AND (hold.missed_class_id = leaver.class_id
     OR (hold.missed_class_id IS NULL OR leaver.class_id IS NULL) AND hold.missed_period_id = leaver.period_id
     OR cardinality(hold.also_missed_periods) > 0 AND EXISTS (
         SELECT 1 FROM unnest(hold.also_missed_classes, hold.also_missed_periods) AS also(class_id, period_id)
          WHERE also.class_id = leaver.class_id
             OR (also.class_id IS NULL OR leaver.class_id IS NULL) AND also.period_id = leaver.period_id))
AND (hold.booking_id IS NULL OR hold.booking_id IS DISTINCT FROM %(but)s)
AND (hold.playground_id IS NULL OR hold.playground_id <> ALL (%(but_playgrounds)s::bigint[]))
"""

# Whether `hold` is time of a core class that `leaver` misses in that week.
IS_CORE_OF_THE_WEEK = """
hold.person_id = leaver.person_id AND hold.misses = 'core'
AND lower(hold.during) >= leaver.week_from AND lower(hold.during) < leaver.week_to
AND (hold.booking_id IS NULL OR hold.booking_id IS DISTINCT FROM %(but)s)
AND (hold.playground_id IS NULL OR hold.playground_id <> ALL (%(but_playgrounds)s::bigint[]))
"""
# Of its time, as much as lies in core classes: all, where nothing else is said.
MISSED_MINUTES = "LEAST(hold.missed_minutes, extract(epoch FROM upper(hold.during) - lower(hold.during)) / 60)"
CORE_MINUTES = f"""
SELECT COALESCE(sum({MISSED_MINUTES}), 0)
  FROM sessions_app_hold hold
 WHERE {IS_CORE_OF_THE_WEEK}
"""  # noqa: S608  # our own words only

# What some people would miss in one period of one day. A person who is free then misses nothing; but a core class of
# the class list is missed whatever she said of the period.
LEAVING = f"""
SELECT leaver.person_id, leaver.period_id, leaver.misses, leaver.class_id, leaver.class_name, leaver.is_free,
       leaver.is_testing,
       leaver.misses <> '' AND EXISTS (SELECT 1 FROM sessions_app_hold hold WHERE {IS_SAME_CLASS}) AS has_left_before,
       CASE leaver.misses WHEN 'core' THEN ({CORE_MINUTES}) ELSE 0 END AS core_minutes
FROM (
    SELECT time.*, CASE WHEN missed.is_core THEN 'core'
                        WHEN NOT time.leaves THEN ''
                        WHEN missed.is_core IS FALSE THEN 'class'
                        ELSE 'core' END AS misses,
           missed.class_id, missed.class_name
    FROM (
        SELECT person.id AS person_id, day.day_type_id, %(period)s::bigint AS period_id,
               %(apart_from)s::timestamptz AS apart_from, %(apart_to)s::timestamptz AS apart_to,
               %(week_from)s::timestamptz AS week_from, %(week_to)s::timestamptz AS week_to,
               COALESCE(exception.is_free, rule.id IS NOT NULL) AS is_free,
               NOT COALESCE(exception.is_free, rule.may_leave_class IS FALSE) AS leaves,
               COALESCE(kind.is_testing, FALSE) AS is_testing
        FROM accounts_user person
        LEFT JOIN accounts_schoolday day ON day.school_id = person.school_id AND day.date = %(day)s
        LEFT JOIN accounts_daytype kind ON kind.id = day.day_type_id
        LEFT JOIN mentorship_availability rule
               ON rule.person_id = person.id AND rule.day_type_id = day.day_type_id AND rule.period_id = %(period)s
        LEFT JOIN mentorship_availabilityexception exception
               ON exception.person_id = person.id AND exception.date = %(day)s AND exception.period_id = %(period)s
        WHERE person.id = ANY(%(people)s)
    ) time
    LEFT JOIN LATERAL (
        SELECT class.id AS class_id, COALESCE(NULLIF(class.subject, ''), class.name) AS class_name, class.is_core
        FROM {CLASSES_THEN}
        CROSS JOIN LATERAL (SELECT time.person_id, time.period_id, time.day_type_id) leaver
        WHERE {IS_CLASS_THEN}
        ORDER BY class.is_core DESC, class.id
        LIMIT 1
    ) missed ON time.leaves OR missed.is_core
) leaver
"""  # noqa: S608  # our own words only

# The questions about a date that another one answers otherwise: each comes in as an array, with an element a date.
OF_EACH_DATE = {
    "day": "date",
    "week_from": "timestamptz",
    "week_to": "timestamptz",
    "apart_from": "timestamptz",
    "apart_to": "timestamptz",
}
OF_EACH_MEETING = OF_EACH_DATE | {
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
    "wall_from": "time",
    "wall_to": "time",
}
# Where the clock decides, each date is asked about with each period that it touches, and with none.
OF_EACH_PERIOD = {"period": "bigint"}


def on_each_date(statement: str, kinds: dict[str, str]) -> str:
    """The same statement for several dates, in their order; each is judged as if it were the only one."""
    for column in kinds:
        statement = statement.replace(f"%({column})s", f"asked.{column}")
    arrays = ", ".join(f"%({column})s::{kind}[]" for column, kind in kinds.items())
    return f"""
SELECT asked.day, answer.*
FROM unnest({arrays}) WITH ORDINALITY AS asked({", ".join(kinds)}, place)
CROSS JOIN LATERAL ({statement}) answer
ORDER BY asked.place
"""  # noqa: S608  # our own words only


LEAVING_ON_DATES = on_each_date(LEAVING, OF_EACH_DATE)
LEAVING_BY_THE_CLOCK = on_each_date(LEAVING, OF_EACH_DATE | OF_EACH_PERIOD)

# One meeting of `teacher` and the one mentor in `people`, judged by all rules.
FACTS = f"""
SELECT leaving.*,
       EXISTS (SELECT 1 FROM sessions_app_hold hold WHERE hold.person_id = %(mentor)s AND {{then}}) AS is_mentor_held,
       EXISTS (SELECT 1 FROM sessions_app_hold hold WHERE hold.person_id = %(teacher)s AND {{then}}) AS is_teacher_held,
       EXISTS (SELECT 1 FROM sessions_app_hold hold WHERE hold.room_id = %(room)s AND {{then}}) AS is_room_held,
       EXISTS (SELECT 1 FROM mentorship_participant seat
                WHERE seat.program_id = %(program)s AND seat.person_id = %(mentor)s AND seat.role = 'student'
                  AND seat.left_on IS NULL)
       AND EXISTS (SELECT 1 FROM mentorship_participant seat
                    WHERE seat.program_id = %(program)s AND seat.person_id = %(teacher)s AND seat.role = 'teacher'
                      AND seat.left_on IS NULL) AS are_in_program,
       ({MAY_TAKE_PART}) AND NOT {IS_KEPT_APART} AS is_available,
       EXISTS (SELECT 1 FROM mentorship_mentortool skill JOIN mentorship_mentor mentor ON mentor.id = skill.mentor_id
                WHERE mentor.user_id = person.id AND skill.tool_id = %(tool)s) AS knows_tool,
       {{is_teacher_free}} AS is_teacher_free,
       {{week}} AND booking.teacher_id = %(teacher)s) AS teacher_week_count,
       {{week}} AND booking.mentor_id = %(mentor)s) AS mentor_week_count,
       (SELECT first.id FROM sessions_app_booking first WHERE first.request_key = %(request_key)s) AS first_id
FROM accounts_user person
JOIN ({LEAVING}) leaving ON leaving.person_id = person.id
LEFT JOIN accounts_schoolday today ON today.school_id = person.school_id AND today.date = %(day)s
WHERE person.id = %(mentor)s
""".format(  # noqa: S608  # our own words only
    is_teacher_free=is_teacher_free(
        day="%(day)s",
        day_type="today.day_type_id",
        period="%(period)s::bigint",
        wall_from="%(wall_from)s::time",
        wall_to="%(wall_to)s::time",
    ),
    then="""hold.during && tstzrange(%(starts_at)s, %(ends_at)s, '[)')
                  AND (hold.booking_id IS NULL OR hold.booking_id IS DISTINCT FROM %(but)s)""",
    week="""(SELECT count(*) FROM sessions_app_booking booking
         WHERE booking.state = 'booked' AND booking.id IS DISTINCT FROM %(but)s
           AND booking.starts_at >= %(week_from)s AND booking.starts_at < %(week_to)s""",
)

FACTS_ON_DATES = on_each_date(FACTS, OF_EACH_MEETING)
FACTS_BY_THE_CLOCK = on_each_date(FACTS, OF_EACH_MEETING | OF_EACH_PERIOD)

# Whether anybody in the program who knows the tool may meet this teacher at all.
IS_ANYBODY_AVAILABLE = f"""
SELECT EXISTS (
    SELECT 1
    FROM mentorship_participant seat
    JOIN accounts_user person ON person.id = seat.person_id
    JOIN mentorship_mentor mentor ON mentor.user_id = person.id
    JOIN mentorship_mentortool skill ON skill.mentor_id = mentor.id AND skill.tool_id = %(tool)s
    WHERE seat.program_id = %(program)s AND seat.role = 'student' AND seat.left_on IS NULL
      AND {MAY_TAKE_PART} AND NOT {IS_KEPT_APART}) AS is_anybody_available
"""  # noqa: S608  # our own words only
