"""`python -m pipeline`: see `python -m pipeline --help`."""

import sys
from collections.abc import Sequence

from pipeline import warm
from pipeline.io.memory import give_back


def _work(arguments: Sequence[str]) -> int:
    # Imported in the process that does the work, which may be a copy of one that began long before.
    from pipeline.cli import main

    return main(arguments)


give_back()
sys.exit(warm.run(sys.argv[1:], _work))
