"""`python -m wholeschool`: the same as the command of that name."""

from wholeschool.cli import main

main()
