"""Acts of the surveys app: ask, answer, close."""

from surveys.services.answer import agree_to_answer, decline_wave, send_response, texts_to_agree
from surveys.services.closing import close_due_waves, close_wave, rewrite_responses
from surveys.services.instrument import install_instrument
from surveys.services.study import create_study

__all__ = [
    "agree_to_answer",
    "close_due_waves",
    "close_wave",
    "create_study",
    "decline_wave",
    "install_instrument",
    "rewrite_responses",
    "send_response",
    "texts_to_agree",
]
