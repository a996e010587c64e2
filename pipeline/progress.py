"""How far a stage or a download is, in one line that is renewed; `pipeline.cli` shows it, where there is a terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Show = Callable[[str], None]


class Progress:
    """One line, renewed twice a second after two seconds, that says how far a stage is, how fast it goes and how long it may still take.

    Where the work is cut into pieces: pieces done, their rate, the rest at that rate. Where it is not: the seconds gone, of those it took
    the last time.

    Parameters
    ----------
    stage
        Its name.
    last_seconds
        What it took the last time [s].
    show
        Writes the line over the one before; an empty line removes it.
    """

    def __init__(self, stage: str, last_seconds: float | None = None, show: Show = lambda _: None) -> None:
        self.stage, self.last, self.show = stage, last_seconds, show
        self.start = self.began = time.monotonic()
        self.done, self.total, self.first = 0, 0, 0
        self.ended = threading.Event()

    def __enter__(self) -> Progress:
        threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.show("")

    def __call__(self, done: int, total: int) -> None:
        if done <= self.done or total != self.total:  # another piece of work begins
            self.began, self.first = time.monotonic(), done - 1
        self.done, self.total = done, total

    def text(self, now: float) -> str:
        """The line."""
        gone = now - self.start
        if self.done < self.total:
            rate = (self.done - self.first) / max(now - self.began, 1e-3)
            return f"{self.stage:<12} {self.done}/{self.total}, {rate:.1f}/s, about {(self.total - self.done) / rate:.0f} s left"
        left = f" of about {self.last:.0f} s, as the last time" if self.last and gone < self.last else ""
        return f"{self.stage:<12} {gone:.0f} s{left}"

    def _tick(self) -> None:
        while not self.ended.wait(0.5):
            if time.monotonic() - self.start >= 2:
                self.show(self.text(time.monotonic()))


class Transfer:
    """One line that says how much came, how fast, and how long the rest may take."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.start, self.began_at, self.last, self.shown = 0.0, 0, 0, 0.0

    def __call__(self, size: int, total: int | None) -> None:
        now = time.monotonic()
        if size < self.last or not self.start:
            self.start, self.began_at = now, size
        self.last = size
        if now - self.shown < 0.5 or now - self.start < 1:
            return
        self.shown = now
        rate = (size - self.began_at) / (now - self.start)
        rest = f" of {total / 1e6:,.0f} MB, about {(total - size) / rate:.0f} s left" if total and rate else " MB"
        self.show(f"  {size / 1e6:,.1f}{rest}, {rate / 1e6:.2f} MB/s")
