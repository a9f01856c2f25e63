"""Acts of the surveys app: ask, answer, close."""

from surveys.services.answer import RESEARCH_TEXT, decline_wave, send_response
from surveys.services.closing import close_due_waves, close_wave, rewrite_responses
from surveys.services.instrument import install_instrument
from surveys.services.study import create_study

__all__ = [
    "RESEARCH_TEXT",
    "close_due_waves",
    "close_wave",
    "create_study",
    "decline_wave",
    "install_instrument",
    "rewrite_responses",
    "send_response",
]
