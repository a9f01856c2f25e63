"""Pages of the surveys app."""

from surveys.views.answer import survey_answer, survey_begin, survey_decline, survey_done
from surveys.views.export import study_codebook_csv, study_export, study_export_csv
from surveys.views.study import study_create, study_detail, survey_list

__all__ = [
    "study_codebook_csv",
    "study_create",
    "study_detail",
    "study_export",
    "study_export_csv",
    "survey_answer",
    "survey_begin",
    "survey_decline",
    "survey_done",
    "survey_list",
]
