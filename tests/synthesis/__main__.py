"""`python -m tests.synthesis --counties 1 --schools 350 --teachers 10000 --seed 1 --out DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from tests.synthesis.build import build, write_tree
from tests.synthesis.example import CITIES
from tests.synthesis.writing import write


@click.command()
@click.option("--counties", default=1, show_default=True, help="Counties in all.")
@click.option("--schools", default=12, show_default=True, help="Schools in all.")
@click.option("--teachers", default=300, show_default=True, help="People on all rosters together.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same files.")
@click.option("--example", is_flag=True, help="The example's layout instead, as it was before it was polished by hand.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where submissions/ goes.")
def main(counties: int, schools: int, teachers: int, seed: int, example: bool, out: Path) -> None:
    """Write a fictional but valid programme."""
    if example:
        write_tree(out, build(CITIES, seed))
        return
    try:
        write(out, counties=counties, schools=schools, teachers=teachers, seed=seed)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


main()
