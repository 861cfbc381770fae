"""A province's certificates on a Dask cluster: the same files, by the same code."""

from __future__ import annotations

import subprocess
from pathlib import Path

from distributed import LocalCluster

from tests.certificates.test_batch import contents
from tests.program import COMMAND
from tests.synthesis import write
from wholeschool.certificates.batch import render_all
from wholeschool.cli.workspace import check_root


def test_a_cluster_makes_the_same_files(tmp_path: Path) -> None:
    write(tmp_path, counties=2, schools=3, teachers=24, seed=3)
    made = render_all(check_root(tmp_path).programme, tmp_path / "here")
    with LocalCluster(n_workers=1, dashboard_address=None, host="127.0.0.1") as cluster:  # type: ignore[no-untyped-call]
        arguments = (
            "certificates",
            "render",
            "--out",
            str(tmp_path / "there"),
            "--scheduler",
            cluster.scheduler_address,
        )
        done = subprocess.run([COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert made.certificates > 0
    assert f"证书 {made.certificates} 张" in done.stdout
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


def test_a_cluster_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, counties=2, schools=3, teachers=24, seed=3)
    arguments = ("certificates", "render", "--scheduler", "tcp://127.0.0.1:9")
    done = subprocess.run([COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "连不上 Dask 集群" in done.stderr
    assert "Traceback" not in done.stderr
