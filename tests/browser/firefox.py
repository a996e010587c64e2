"""Firefox driven through its own door, WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): no further program, no download.

The web socket is tornado's, which comes with distributed. All of it runs in a thread of its own, for playwright holds the main one.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

RIGHT, LEFT = "\ue014", "\ue012"


class Firefox:
    """One headless Firefox with one page; `complaints` are the errors and warnings of its console."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {"HOME": str(folder), "PATH": os.environ.get("PATH", "")}
        self.process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(folder), f"--remote-debugging-port={port}"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.number = 0
        self.complaints: list[str] = []
        self.socket = self._wait(self._connect(port))
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def _wait(self, work: Any, seconds: float = 60.0) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    async def _connect(self, port: int) -> WebSocketClientConnection:
        for _ in range(120):
            try:
                return await websocket_connect(f"ws://127.0.0.1:{port}/session", max_message_size=1 << 28)
            except OSError:
                await asyncio.sleep(0.25)
        raise AssertionError("Firefox opened no door within 30 s")

    def ask(self, method: str, **parameters: Any) -> Any:
        """One command and its answer; console entries that come in between are kept."""
        return self._wait(self._ask(method, parameters))

    async def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self.number += 1
        await self.socket.write_message(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            text = await self.socket.read_message()
            assert text is not None, "Firefox closed the door"
            said = json.loads(text)
            if said.get("type") == "event":
                if said["params"].get("level") in ("error", "warn"):
                    self.complaints.append(said["params"]["text"])
            elif said.get("id") == self.number:
                assert said["type"] == "success", said
                return said["result"]

    def open(self, address: str) -> None:
        """Another page; by way of an empty one, for a new fragment alone loads nothing."""
        for url in ("about:blank", address):
            self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, script: str) -> Any:
        """The value of an expression of the page."""
        answer = self.ask("script.evaluate", expression=f"JSON.stringify([{script}])", target={"context": self.context}, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])[0]

    def until(self, script: str, seconds: float = 15.0) -> None:
        """Poll until an expression is true."""
        for _ in range(int(seconds * 10)):
            if self.evaluate(script):
                return
            time.sleep(0.1)
        raise AssertionError(f"did not become true: {script}; the page said {self.complaints}")

    def size(self, width: int, height: int) -> None:
        self.ask("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def click(self, x: float, y: float) -> None:
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.ask("input.performActions", context=self.context, actions=[{"type": "pointer", "id": "mouse", "actions": moves}])

    def press(self, key: str, times: int = 1) -> None:
        strokes = [{"type": kind, "value": key} for _ in range(times) for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self.context, actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def pdf(self) -> bytes:
        """The page on A4."""
        margin = {"top": 1.1, "bottom": 1.1, "left": 1.2, "right": 1.2}
        return base64.b64decode(self.ask("browsingContext.print", context=self.context, background=True, page={"width": 21.0, "height": 29.7}, margin=margin)["data"])

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
