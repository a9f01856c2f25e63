"""All faults, in the order in which they are drilled. What breaks is imported when there is a database to break."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.play import Run


@dataclass(frozen=True)
class Fault:
    """A way to break the program: "module.function" in this folder, which breaks it and mends it."""

    place: str
    # Pages answer soon all the while: what is broken is not theirs.
    spares_pages: bool = False
    # A worker or the broker was away: what came due meanwhile leaves soon after its return.
    brings_back_sender: bool = False
    winds_clock: bool = False

    def happen(self, run: Run) -> None:
        """Break it, let it suffer, mend it."""
        module, _dot, name = self.place.partition(".")
        getattr(import_module(f"drills.faults.{module}"), name)(run)


FAULTS = {
    "worker-killed": Fault("processes.worker_killed", spares_pages=True, brings_back_sender=True),
    "web-killed": Fault("processes.web_killed"),
    "valkey-killed": Fault("stores.valkey_killed", spares_pages=True, brings_back_sender=True),
    "valkey-flushed": Fault("stores.valkey_flushed", spares_pages=True, brings_back_sender=True),
    "valkey-down": Fault("stores.valkey_down", spares_pages=True, brings_back_sender=True),
    "postgres-killed": Fault("stores.postgres_killed"),
    "disk-full": Fault("stores.disk_full"),
    "clock-ahead": Fault("hours.clock_ahead", winds_clock=True),
    "clock-behind": Fault("hours.clock_behind", winds_clock=True),
    "two-beats": Fault("processes.two_beats", spares_pages=True),
    "two-scans": Fault("processes.two_scans", spares_pages=True),
    "migrate": Fault("processes.migrated"),
    "mail-slow": Fault("mail.mail_slow", spares_pages=True),
    "mail-450": Fault("mail.mail_450", spares_pages=True),
    "mail-refuses": Fault("mail.mail_refuses", spares_pages=True),
    "mail-hangs": Fault("mail.mail_hangs", spares_pages=True),
    "mail-drops": Fault("mail.mail_drops", spares_pages=True),
}
