"""The statements of the finder: slots come in, those at which teacher, fitting mentor and room are free go out."""

# Slots come in as parallel arrays. A slot with `grades` is for mentors of these grades only, by their own bells.
# The teacher's own time is checked first, so that only the slots that she can use meet the mentors. The mentors are
# judged once, not once for each slot: MATERIALIZED keeps the planner from mixing the
# two, which was ten times slower.
CANDIDATES = """
WITH given AS (
    SELECT n, day, period_id, day_type_id, tstzrange(starts_at, ends_at, '[)') AS during, grade,
           string_to_array(but_grades, ',') AS but_grades
    FROM unnest(%(n)s::int[], %(day)s::date[], %(period)s::bigint[], %(day_type)s::bigint[],
                %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[], %(grade)s::text[],
                %(but_grades)s::text[])
         AS given(n, day, period_id, day_type_id, starts_at, ends_at, grade, but_grades)
), slot AS (
    SELECT given.*, place.id AS room_id, place.name AS room_name
    FROM given
    CROSS JOIN LATERAL (
        SELECT room.id, room.name
        FROM accounts_room room
        WHERE room.school_id = %(school)s AND room.in_view
          AND (room.is_shared OR NOT EXISTS (
                SELECT 1 FROM sessions_app_hold hold WHERE hold.room_id = room.id AND hold.during && given.during))
        ORDER BY room.is_shared, room.name
        LIMIT 1
    ) place
    WHERE COALESCE(
            (SELECT exception.is_free FROM mentorship_availabilityexception exception
              WHERE exception.person_id = %(teacher)s AND exception.date = given.day
                AND exception.period_id = given.period_id),
            EXISTS (SELECT 1 FROM mentorship_availability rule
                     WHERE rule.person_id = %(teacher)s AND rule.day_type_id = given.day_type_id
                       AND rule.period_id = given.period_id))
      AND NOT EXISTS (SELECT 1 FROM sessions_app_hold hold
                       WHERE hold.person_id = %(teacher)s AND hold.during && given.during)
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
                   person.id IN (SELECT past.mentor_id FROM sessions_app_booking past
                                  WHERE past.teacher_id = %(teacher)s AND past.state = 'booked'
                                    AND past.ends_at <= %(now)s) AS has_helped
            FROM mentorship_participant seat
            JOIN accounts_user person ON person.id = seat.person_id AND person.is_active
            JOIN mentorship_mentor mentor ON mentor.user_id = person.id
            JOIN mentorship_mentortool skill ON skill.mentor_id = mentor.id AND skill.tool_id = %(tool)s
            JOIN accounts_consent consent ON consent.person_id = person.id AND consent.purpose = 'take_part'
                 AND consent.given_by = 'guardian' AND consent.withdrawn_on IS NULL
            JOIN accounts_consent assent ON assent.person_id = person.id AND assent.purpose = 'take_part'
                 AND assent.given_by = 'self' AND assent.withdrawn_on IS NULL
            WHERE seat.program_id = %(program)s AND seat.role = 'student' AND seat.left_on IS NULL
              AND person.id <> %(teacher)s
              AND (%(mentor)s::bigint IS NULL OR person.id = %(mentor)s)
              AND NOT EXISTS (SELECT 1 FROM accounts_concern concern
                               WHERE concern.closed_at IS NULL
                                 AND (concern.raised_by_id, concern.about_id)
                                     IN ((person.id, %(teacher)s), (%(teacher)s, person.id)))
              AND NOT EXISTS (SELECT 1 FROM mentorship_refusal refusal
                               WHERE (refusal.person_id, refusal.about_id)
                                     IN ((person.id, %(teacher)s), (%(teacher)s, person.id)))
              AND NOT EXISTS (SELECT 1 FROM accounts_schoolclass_teachers grades
                                JOIN accounts_schoolclass_students graded USING (schoolclass_id)
                               WHERE grades.user_id = %(teacher)s AND graded.user_id = person.id)
        ) told
    ) judged
), free AS MATERIALIZED (
    SELECT slot.n, rule.person_id
    FROM fitting
    JOIN mentorship_availability rule ON rule.person_id = fitting.id
    JOIN slot USING (day_type_id, period_id)
    UNION
    SELECT slot.n, exception.person_id
    FROM slot JOIN mentorship_availabilityexception exception
           ON exception.date = slot.day AND exception.period_id = slot.period_id AND exception.is_free
), busy AS MATERIALIZED (
    SELECT slot.n, exception.person_id
    FROM slot JOIN mentorship_availabilityexception exception
           ON exception.date = slot.day AND exception.period_id = slot.period_id AND NOT exception.is_free
    UNION ALL
    SELECT slot.n, hold.person_id
    FROM slot JOIN sessions_app_hold hold ON hold.during && slot.during AND hold.person_id IS NOT NULL
), candidate AS (
    SELECT slot.n, fitting.place
    FROM slot
    JOIN free USING (n)
    JOIN fitting ON fitting.id = free.person_id
                AND (slot.grade = fitting.grade OR slot.grade = '' AND fitting.grade <> ALL (slot.but_grades))
    WHERE (slot.n, fitting.id) NOT IN (SELECT busy.n, busy.person_id FROM busy)
)
"""

FOUND = """
SELECT slot.n, slot.room_id, slot.room_name, fitting.id, fitting.given_name, fitting.family_name, fitting.grade,
       fitting.languages, fitting.level, fitting.is_paired, fitting.has_helped
"""

EACH = """
FROM candidate JOIN slot USING (n) JOIN fitting USING (place)
ORDER BY fitting.level DESC, fitting.family_name, fitting.id
"""

# Each school day of waiting costs half a point; being a pair is worth a week of it.
BEST_OF_A_SLOT = """
FROM (SELECT n, min(place) AS place FROM candidate GROUP BY n) best JOIN slot USING (n) JOIN fitting USING (place)
ORDER BY fitting.merit - n * %(wait)s DESC, n
LIMIT %(limit)s
"""

ALL_OF_THEM = CANDIDATES + FOUND + EACH
BEST = CANDIDATES + FOUND + BEST_OF_A_SLOT
