"""A run that is killed: its workers go with it, so that they cannot work beside the next run."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

# A run of two schools whose workers would be busy for ever.
_RUN = """
import time
from wholeschool.certificates import batch

if __name__ == "__main__":
    with batch._workers(None) as pool:
        waiting = [pool.submit(time.sleep, 600) for _ in range(2)]
        [future.result() for future in waiting]
"""


def test_workers_end_with_a_killed_run(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(_RUN, encoding="utf-8")
    with subprocess.Popen([sys.executable, script]) as run:
        deadline = time.monotonic() + 60
        # Two workers and the tracker of their resources.
        while len(workers := psutil.Process(run.pid).children(recursive=True)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)  # until they work
        run.kill()
    assert len(workers) >= 3
    _, alive = psutil.wait_procs(workers, timeout=20)
    for each in alive:
        each.kill()
    assert not alive
