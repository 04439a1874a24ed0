"""``python -m simtrade`` is ``simtrade``."""

from simtrade.cli import main

main()
