"""What a wheel takes along besides the package, so that it runs without a checkout; see `wholeschool.shipped`."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

TOP = Path(__file__).parents[1]
SHIPPED = ("schemas", "docs", "mkdocs.yml", "submissions", "tests/cases", "tests/changes/cases")


class WithShipped(build_py):
    """Builds the package, and puts beside its modules what they read. An editable install reads the checkout."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        inside = Path(self.build_lib, "wholeschool", "shipped")
        shutil.rmtree(inside, ignore_errors=True)
        for name in SHIPPED:
            source, target = TOP / name, inside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True)
            else:
                shutil.copy2(source, target)
