"""The log tells what went wrong, and of whom nothing."""

import io
import logging.config

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests import factories
from tests.cast import Cast


def test_value_of_a_row_stays_out_of_the_log(cast: Cast) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatters = settings.LOGGING["formatters"]
    handler.setFormatter(logging.config.DictConfigurator({}).configure_formatter(dict(formatters["plain"])))
    logger = logging.getLogger("tests.log_lines")
    logger.addHandler(handler)

    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        factories.TeacherFactory(school=cast.school, email=cast.teacher.email)
    logger.error("not saved", exc_info=raised.value)
    logger.removeHandler(handler)

    assert cast.teacher.email in str(raised.value)
    assert "accounts_user_email_once" in stream.getvalue()
    assert cast.teacher.email not in stream.getvalue()
