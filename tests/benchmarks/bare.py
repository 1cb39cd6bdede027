"""The web server alone: gunicorn as `bearing serve` sets it, around what gives the same bytes to whoever asks.

It reads no edition. As a program: FILE WORKERS, the bytes to give and how many processes give them.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from app.cli.serving import Server, address_of, listen
from app.settings import Settings

HOST = "127.0.0.1"
Start = Callable[[str, list[tuple[str, str]]], object]


class BareServer(Server):
    """The same processes and threads with nothing to do."""

    def __init__(self, body: bytes, workers: int) -> None:
        """Keep the bytes, and listen on a free port."""
        self._body = body
        settings = Settings.from_env()
        listener = listen(HOST, 0, settings.stall_seconds)
        # It accepts from now on, so that whoever asks before the processes are there waits for them.
        click.echo(address_of(listener, HOST))
        super().__init__(settings, listener, workers)

    def load(self) -> object:
        """Give the application: what every answer must have, and nothing else."""
        head = [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(self._body)))]

        def answer(_environ: dict[str, object], start: Start) -> Iterable[bytes]:
            start("200 OK", head)
            return [self._body]

        return answer

    def _warm(self, app: object) -> None:
        """Warm nothing: there is no edition."""


if __name__ == "__main__":
    BareServer(Path(sys.argv[1]).read_bytes(), int(sys.argv[2])).run()
