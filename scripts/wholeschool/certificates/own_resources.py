"""What WeasyPrint may use: the run's own fonts and pictures, from memory. Nothing else can be fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class OwnResources(URLFetcher):
    """Serves what it was given, and refuses everything else.

    WeasyPrint catches and logs what a fetcher raises, in places even its own fatal errors; so refusals are kept here,
    and `refusing` makes them count.
    """

    def __init__(self, resources: dict[str, bytes]) -> None:
        super().__init__()
        self._resources = resources
        self._refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in self._resources:
            self._refused.append(url)
            raise FatalURLFetchingError(url)
        kind = "image/png" if url.startswith("own:qr-") else "font/otf"
        return URLFetcherResponse(url, self._resources[url], {"Content-Type": kind})

    @contextmanager
    def refusing(self, error: Callable[[str], Exception]) -> Iterator[None]:
        """Work in which anything asked for that is not ours ends in `error` of its address."""
        with suppress(FatalURLFetchingError):
            yield
        if self._refused:
            asked = self._refused.pop()
            self._refused.clear()
            raise error(asked)
