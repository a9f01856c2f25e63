"""Fifty teachers click on one slot at once, over HTTP, against the web server that a school runs."""

from collections import Counter
from itertools import islice
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from accounts import clock
from benchmarks.place import Place
from benchmarks.race import CLICKS, LOST, WON, race, session_of, slots_of
from benchmarks.school import make_crowd

ROUNDS = 2
NO_BROKER = "redis+socket:///nobody/is/here.sock"


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_on_one_slot_make_one_booking_and_offer_the_others_three_times() -> None:
    crowd = make_crowd("Race", mentors=10, teachers=CLICKS, now=clock.now())
    cookies = [session_of(teacher) for teacher in crowd.teachers]
    place = Place(debug=True, DATABASE_URL=database_url(), REDIS_URL=NO_BROKER, SECRET_KEY=settings.SECRET_KEY)

    try:
        place.start("web")
        rounds = [race(place, crowd, cookies, slot) for slot in islice(slots_of(crowd), ROUNDS)]
    finally:
        place.close()

    for one in rounds:
        assert one.statuses == Counter({LOST: CLICKS - 1, WON: 1})
        assert one.bookings == 1
        assert one.fewest_other_times == 3


def database_url() -> str:
    """The address of the database of this test, for another process."""
    where = connection.settings_dict
    who = ":".join(quote(str(where[name]), safe="") for name in ("USER", "PASSWORD") if where[name])
    return f"postgres://{who}@{quote(str(where['HOST']), safe='')}:{where['PORT'] or 5432}/{where['NAME']}"
