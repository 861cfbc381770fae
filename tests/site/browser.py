"""The distribution's Chromium, and the built site on a loopback port."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import BinaryIO

from playwright.sync_api import Browser, expect, sync_playwright

# A slow machine is not a wrong page; how fast pages are is for `make bench`.
expect.set_options(timeout=90_000)

# Without these Chromium asks hosts of its own for updates, which would hide the requests that pages make.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
_EMPTY_INDEX = b'{"config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}}, "docs": []}'
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests are judged in the browser."""


class _Unsearched(_Quiet):
    """Answers for the search index with one that holds nothing: every page reads it, which costs more than the page."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        if not self.path.startswith("/search/search_index."):
            return super().send_head()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(_EMPTY_INDEX)))
        self.end_headers()
        return BytesIO(_EMPTY_INDEX)


class _Hosted(_Quiet):
    """Answers as web hosts do: text is compressed, and what the theme ships may be kept."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        file = path / "index.html" if path.is_dir() else path
        if not file.is_file() or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        content = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=31536000" if "/assets/" in self.path else "max-age=600")
        self.end_headers()
        return BytesIO(content)


@contextmanager
def served(folder: Path, *, hosted: bool = False, searched: bool = False) -> Iterator[str]:
    """The address at which `folder` can be read while the context lasts; `hosted` compressed, as on a web host.

    Only where it is `searched` or `hosted` the search finds anything.
    """
    answers = _Hosted if hosted else _Quiet if searched else _Unsearched
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(answers, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
