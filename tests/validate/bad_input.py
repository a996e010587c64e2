"""What the solar wing says to bad input, case by case; the tests hold it to that."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.errors import SoleSuoloError
from tests.reference.bad_input import CASES
from tests.validate.tables import Bar, Result


def said() -> Result:
    """Run each case of tests/reference/bad_input.py."""
    result = Result("bad_input", "Bad input", ("given", "what comes out"))
    wrong = 0
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                seen = case(Path(folder))
            except (AssertionError, SoleSuoloError) as error:
                wrong += 1
                seen = f"NOT CAUGHT: {str(error).splitlines()[0]}"
        result.rows.append(((case.__doc__ or name).strip().splitlines()[0].rstrip("."), seen))
    result.bars.append(Bar("cases whose answer only looks fine", float(wrong), 0.0))
    return result
