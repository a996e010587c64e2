"""Bad input through the whole solar wing: a reason code or a clear error, never a number that only looks fine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference.bad_input import CASES


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_from_good(case: str, tmp_path: Path) -> None:
    assert CASES[case](tmp_path)
