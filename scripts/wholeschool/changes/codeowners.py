"""Who reviews what, for the forge: CODEOWNERS from the accounts of counties, cities and the province."""

from __future__ import annotations

from wholeschool.days import holds
from wholeschool.programme import Programme
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Accounts

PLACE = ".github/CODEOWNERS"
HEADER = "# Written by `wholeschool codeowners` from accounts.yaml and programme.yaml; edit those. The last match wins."


def codeowners(programme: Programme) -> str:
    """The file's text as of `programme.today`. A school's records are reviewed by its county, so no school is in it."""
    lines = [HEADER]
    keepers = programme.settings.data.maintainers if programme.settings else ()
    if keepers:
        lines.append(f"* {_names(keepers)}")
    for unit, record in programme.each(Accounts):
        own = [
            each.account
            for each in record.data.accounts
            if each.unit == unit.path and holds(each.from_, programme.today, each.until)
        ]
        if own:
            lines.append(f"/{ROOT}{unit.path}/ {_names(own)}")
    return "\n".join(lines) + "\n"


def _names(accounts: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"@{account}" for account in dict.fromkeys(accounts))
