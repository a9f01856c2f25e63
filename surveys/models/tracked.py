"""What the trail keeps of this app. Never: Response, Receipt, drafts, and who was asked or answered."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Tracked, track
from surveys.models.study import Study, Wave

track(
    Study,
    Tracked(
        name=_("Studies"),
        fields=("title", "sealed_at"),
        school="r.school_id",
        words={
            "insert": _("%(who)s set up the study %(title)s."),
            "update": _("%(who)s changed a study."),
            "delete": _("%(who)s removed the study %(title)s."),
            "title": _("%(who)s changed the title of a study from %(old)s to %(new)s."),
            "sealed_at": _("%(who)s sealed a study."),
            "export": _("%(who)s downloaded the answers to the study %(title)s."),
            "export knows_names=True": _(
                "%(who)s downloaded the answers to the study %(title)s, and as a coordinator knows the names too."
            ),
        },
    ),
)
track(
    Wave,
    Tracked(
        name=_("Waves of studies"),
        fields=("study", "kind", "instrument_version", "audience_role", "opens_at", "closes_at", "closed_at"),
        school="(SELECT study.school_id FROM surveys_study study WHERE study.id = r.study_id)",
        words={
            "insert": _("%(who)s planned a wave: %(opens_at)s."),
            "update": _("%(who)s changed a wave."),
            "delete": _("%(who)s removed a wave."),
            "opens_at": _("%(who)s moved the start of a wave from %(old)s to %(new)s."),
            "closes_at": _("%(who)s moved the end of a wave from %(old)s to %(new)s."),
            "closed_at": _("%(who)s closed a wave."),
        },
    ),
)
