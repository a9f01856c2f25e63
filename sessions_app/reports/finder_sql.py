"""The statements of the finder: slots come in, those at which teacher, fitting mentor and room are free go out."""

from sessions_app.reports.rules_sql import (
    CLASSES_THEN,
    IS_CLASS_THEN,
    IS_CORE_OF_THE_WEEK,
    IS_KEPT_APART,
    IS_SAME_CLASS,
    MAY_TAKE_PART,
    MISSED_MINUTES,
    is_teacher_free,
)

TEACHER_IS_FREE = is_teacher_free(
    day="given.day",
    day_type="given.day_type_id",
    period="given.period_id",
    wall_from="given.wall_from",
    wall_to="given.wall_to",
)

# Slots come in as parallel arrays. A slot with `grades` is for mentors of these grades only, by their own bells.
# The teacher's own time is checked first, so that only the slots that she can use meet the mentors. The mentors are
# judged once, not once for each slot: MATERIALIZED keeps the planner from mixing the two, which was ten times slower.
# It must expect many of them, else it compares each with each: so the name is a condition only where one is asked for.
# The weeks' two ends stand as values, so that the planner knows how little of all bookings these are.
CANDIDATES = f"""
WITH given AS (
    SELECT given.*, tstzrange(starts_at, ends_at, '[)') AS during,
           extract(epoch FROM ends_at - starts_at) / 60 AS minutes
    FROM unnest(%(n)s::int[], %(day)s::date[], %(period)s::bigint[], %(day_type)s::bigint[],
                %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[], %(grade)s::text[],
                %(but_grades)s::text[], %(week_from)s::timestamptz[], %(week_to)s::timestamptz[],
                %(apart_from)s::timestamptz[], %(apart_to)s::timestamptz[],
                %(wall_from)s::time[], %(wall_to)s::time[])
         AS given(n, day, period_id, day_type_id, starts_at, ends_at, grade, but_grades, week_from, week_to,
                  apart_from, apart_to, wall_from, wall_to)
), week AS MATERIALIZED (
    SELECT span.week_from, booking.teacher_id, booking.mentor_id
    FROM (SELECT DISTINCT week_from, week_to FROM given) span
    JOIN sessions_app_booking booking
      ON booking.starts_at >= span.week_from AND booking.starts_at < span.week_to AND booking.state = 'booked'
         AND booking.id IS DISTINCT FROM %(but)s
    WHERE booking.program_id IN (SELECT program.id FROM mentorship_program program WHERE program.school_id = %(school)s)
      AND booking.starts_at >= %(weeks_from)s AND booking.starts_at < %(weeks_to)s
), slot AS MATERIALIZED (
    SELECT given.*, place.id AS room_id, place.name AS room_name
    FROM given
    CROSS JOIN LATERAL (
        SELECT room.id, room.name
        FROM accounts_room room
        WHERE room.school_id = %(school)s AND room.in_view
          AND (room.is_shared OR NOT EXISTS (
                SELECT 1 FROM sessions_app_hold hold WHERE hold.room_id = room.id AND hold.during && given.during
                   AND (hold.booking_id IS NULL OR hold.booking_id IS DISTINCT FROM %(instead_of)s)))
        ORDER BY room.is_shared, room.name
        LIMIT 1
    ) place
    WHERE {TEACHER_IS_FREE}
      AND NOT EXISTS (SELECT 1 FROM sessions_app_hold hold
                       WHERE hold.person_id = %(teacher)s AND hold.during && tstzrange(%(now)s, NULL)
                         AND hold.during && given.during
                         AND (hold.booking_id IS NULL OR hold.booking_id IS DISTINCT FROM %(instead_of)s))
      AND given.week_from NOT IN (SELECT week.week_from FROM week WHERE week.teacher_id = %(teacher)s
                                   GROUP BY week.week_from HAVING count(*) >= %(teacher_limit)s)
), met AS MATERIALIZED (
    SELECT DISTINCT past.mentor_id
    FROM sessions_app_booking past
    WHERE past.teacher_id = %(teacher)s AND past.state = 'booked' AND past.ends_at <= %(now)s
), fitting AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY merit DESC, id) AS place
    FROM (
        SELECT told.*, is_paired::int * 2.5 + has_helped::int * 1.5 + level * 0.5
                       + (languages && %(wished)s::varchar[])::int * 1.0 AS merit
        FROM (
            SELECT person.id, person.given_name, person.family_name, person.grade, mentor.languages, skill.level,
                   person.id IN (SELECT pairing.student_id FROM mentorship_pairing pairing
                                  WHERE pairing.program_id = %(program)s AND pairing.teacher_id = %(teacher)s
                                    AND pairing.state = 'started') AS is_paired,
                   person.id IN (SELECT met.mentor_id FROM met) AS has_helped
            FROM mentorship_participant seat
            JOIN accounts_user person ON person.id = seat.person_id
            JOIN mentorship_mentor mentor ON mentor.user_id = person.id
            JOIN mentorship_mentortool skill ON skill.mentor_id = mentor.id AND skill.tool_id = %(tool)s
            WHERE seat.program_id = %(program)s AND seat.role = 'student' AND seat.left_on IS NULL
              AND (%(mentor)s::bigint IS NULL OR person.id = %(mentor)s)
              AND (%(name)s = '' OR starts_with(lower(person.given_name), %(name)s))
              AND {MAY_TAKE_PART} AND NOT {IS_KEPT_APART}
        ) told
    ) judged
), core AS MATERIALIZED (
    SELECT DISTINCT leaver.day_type_id, leaver.period_id, leaver.person_id
    FROM (SELECT DISTINCT slot.day_type_id, slot.period_id, fitting.id AS person_id FROM slot CROSS JOIN fitting) leaver
    JOIN ({CLASSES_THEN}) ON {IS_CLASS_THEN}
    WHERE class.is_core
), free AS MATERIALIZED (
    SELECT ready.n, ready.person_id,
           ready.may_leave_class OR (slot.day_type_id, slot.period_id, ready.person_id) IN (
               SELECT core.day_type_id, core.period_id, core.person_id FROM core) AS may_leave_class
    FROM (
        SELECT slot.n, rule.person_id, rule.may_leave_class
        FROM fitting
        JOIN mentorship_availability rule ON rule.person_id = fitting.id
        JOIN slot USING (day_type_id, period_id)
        WHERE NOT rule.may_leave_class
           OR (slot.day, slot.period_id, rule.person_id) NOT IN (
                SELECT exception.date, exception.period_id, exception.person_id
                  FROM mentorship_availabilityexception exception JOIN given ON given.day = exception.date
                 WHERE exception.is_free)
        UNION
        SELECT slot.n, exception.person_id, FALSE
        FROM slot JOIN mentorship_availabilityexception exception
               ON exception.date = slot.day AND exception.period_id = slot.period_id AND exception.is_free
    ) ready
    JOIN slot USING (n)
), leaver AS MATERIALIZED (
    SELECT DISTINCT ON (slot.n, leaver.person_id) slot.n, leaver.person_id, slot.period_id, slot.minutes,
           slot.week_from, slot.week_to, slot.apart_from, slot.apart_to, class.id AS class_id,
           COALESCE(NULLIF(class.subject, ''), class.name) AS class_name, COALESCE(class.is_core, TRUE) AS is_core
    FROM (SELECT free.n, free.person_id, slot.period_id, slot.day_type_id
            FROM free JOIN slot USING (n) WHERE free.may_leave_class) leaver
    JOIN slot USING (n)
    LEFT JOIN ({CLASSES_THEN}) ON {IS_CLASS_THEN}
    ORDER BY slot.n, leaver.person_id, class.is_core DESC, class.id
), busy AS MATERIALIZED (
    SELECT slot.n, exception.person_id
    FROM slot JOIN mentorship_availabilityexception exception
           ON exception.date = slot.day AND exception.period_id = slot.period_id AND NOT exception.is_free
    UNION ALL
    SELECT slot.n, hold.person_id
    FROM slot JOIN sessions_app_hold hold ON hold.during && slot.during AND hold.person_id IS NOT NULL
    UNION ALL
    SELECT slot.n, week.mentor_id
    FROM slot JOIN week USING (week_from)
    GROUP BY slot.n, week.mentor_id HAVING count(*) >= %(mentor_limit)s
    UNION ALL
    SELECT leaver.n, leaver.person_id
    FROM leaver JOIN sessions_app_hold hold ON {IS_SAME_CLASS}
    UNION ALL
    SELECT leaver.n, leaver.person_id
    FROM leaver LEFT JOIN sessions_app_hold hold ON {IS_CORE_OF_THE_WEEK}
    WHERE leaver.is_core
    GROUP BY leaver.n, leaver.person_id, leaver.minutes
    HAVING COALESCE(sum({MISSED_MINUTES}), 0) + leaver.minutes
           > %(core_limit)s
), candidate AS (
    SELECT slot.n, fitting.place, ready.cost
    FROM slot
    JOIN (SELECT n, person_id, 0 AS cost FROM free WHERE NOT may_leave_class
           UNION ALL SELECT n, person_id, 1 + is_core::int FROM leaver) ready USING (n)
    JOIN fitting ON fitting.id = ready.person_id
                AND (slot.grade = fitting.grade
                     OR slot.grade = '' AND fitting.grade <> ALL (string_to_array(slot.but_grades, ',')))
    WHERE (slot.n, fitting.id) NOT IN (SELECT busy.n, busy.person_id FROM busy)
)
"""  # noqa: S608  # our own words only

FOUND = """
SELECT slot.n, slot.room_id, slot.room_name, fitting.id, fitting.given_name, fitting.family_name, fitting.grade,
       fitting.languages, fitting.level, fitting.is_paired, fitting.has_helped, leaver.is_core, leaver.class_name
"""

EACH = """
FROM candidate JOIN slot USING (n) JOIN fitting USING (place)
LEFT JOIN leaver ON leaver.n = slot.n AND leaver.person_id = fitting.id
ORDER BY candidate.cost, fitting.level DESC, fitting.family_name, fitting.id
"""

# In one slot whoever misses nothing comes before who misses a class, and that one before who misses a core class.
# Each school day of waiting costs half a point; being a pair is worth a week of it, missing a core class costs two.
BEST_OF_A_SLOT = """
FROM (SELECT n, min(ARRAY[cost, place]) AS first FROM candidate GROUP BY n) best
JOIN slot USING (n) JOIN fitting ON fitting.place = best.first[2]
LEFT JOIN leaver ON leaver.n = slot.n AND leaver.person_id = fitting.id
ORDER BY fitting.merit - best.first[1] - slot.n * %(wait)s DESC, slot.n
LIMIT %(limit)s
"""

ALL_OF_THEM = CANDIDATES + FOUND + EACH
BEST = CANDIDATES + FOUND + BEST_OF_A_SLOT
