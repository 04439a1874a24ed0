"""The command line for tests of importers."""

from tests.simtrade.commands.conftest import shell as shell
