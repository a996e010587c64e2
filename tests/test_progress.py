"""What a stage says while it runs."""

from __future__ import annotations

import io
import time

import pytest

from pipeline.cli import _show
from pipeline.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_pieces_have_a_rate_and_a_rest() -> None:
    progress = Progress("roofs")
    progress(1, 96)
    progress(12, 96)
    assert progress.text(progress.began + 4.0) == "roofs        12/96, 3.0/s, about 28 s left"


def test_a_second_round_of_pieces_has_its_own_rate() -> None:
    progress = Progress("roofs")
    for done in range(1, 11):
        progress(done, 10)
    progress(1, 40)
    progress(20, 40)
    assert progress.text(progress.began + 10.0) == "roofs        20/40, 2.0/s, about 10 s left"


def test_work_that_is_not_cut_says_what_it_took_the_last_time() -> None:
    assert Progress("webmap", 38.4).text(time.monotonic() + 12.0) == "webmap       12 s of about 38 s, as the last time"
    assert Progress("webmap", 5.0).text(time.monotonic() + 12.0) == "webmap       12 s"
    assert Progress("webmap").text(time.monotonic() + 12.0) == "webmap       12 s"


@pytest.mark.parametrize("terminal", [True, False])
def test_quiet_when_not_a_terminal_and_in_the_first_two_seconds(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    with Progress("roofs", 9.0, _show) as progress:
        time.sleep(0.7)
        assert out.getvalue() == ""
        progress.start -= 3.0
        time.sleep(0.7)
    assert ("roofs" in out.getvalue()) == terminal
