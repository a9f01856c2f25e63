"""Questionnaires, askings and answers. Answers stand apart from persons from the first migration on."""

from surveys.models.instrument import Instrument, InstrumentVersion, Item, Scale
from surveys.models.response import Receipt, Response
from surveys.models.study import Study, Wave

from surveys.models import tracked  # isort: skip  # last: the list of what the trail keeps of all these

__all__ = ["Instrument", "InstrumentVersion", "Item", "Receipt", "Response", "Scale", "Study", "Wave", "tracked"]
