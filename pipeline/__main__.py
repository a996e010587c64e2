"""`python -m pipeline`: see `python -m pipeline --help`."""

import sys
from collections.abc import Sequence

from pipeline import warm
from pipeline.io.memory import give_back

# What every stage needs, with all that it imports.
COMMON = ("pipeline.cli", "pipeline.runner")


def _work(arguments: Sequence[str]) -> int:
    # A process that only asks for a copy loads none of it.
    from pipeline.cli import main

    return main(arguments)


give_back()
sys.exit(warm.run(sys.argv[1:], _work, COMMON))
