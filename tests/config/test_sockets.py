"""When a service counts as ended."""

from __future__ import annotations

import subprocess
import sys

import psutil

from config.sockets import wait_for_end

# The first thread ends by the system's own call (its number on this kind of machine), the second one stays.
HALF_ENDED = """
import ctypes, platform, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print("ready", flush=True)
ctypes.CDLL(None).syscall({"x86_64": 60}.get(platform.machine(), 93), 0)
"""


def test_process_of_which_one_thread_still_runs_has_not_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", HALF_ENDED], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        process = psutil.Process(child.pid)

        half = wait_for_end([process], seconds=0.5)
        status = process.status()
        process.kill()
        whole = wait_for_end([process], seconds=10)

    assert status == psutil.STATUS_ZOMBIE
    assert not half
    assert whole
