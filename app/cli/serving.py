"""`bearing serve`: gunicorn around the application. It serves what is published and writes nothing."""

import errno
import fcntl
import gc
import http.client
import importlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib.abc import MetaPathFinder

import click
import gunicorn.app.base
import gunicorn.glogging
import structlog
from flask import Flask

from app import create_app
from app.draughtsman import Draughtsman, start_draughtsman
from app.errors import CannotServe
from app.files import Assets
from app.logs import configure_logs, log_failure
from app.memory import ENOUGH, keep_little_memory, memory_here
from app.settings import PREFIX, Settings
from app.site import Site
from incidents.editions.compiling import MANY_ROWS, preparation
from incidents.editions.errors import EditionError, EditionOutdated
from incidents.editions.manifest import read_manifest
from incidents.editions.sweeping import SOURCE, compile_all

_WAIT_S = 60.0
_LONGEST_LINE = 8190
_WORKERS = 2
# An answer is made of some thousands of small things, none of which refers to itself: looking for those that do, each
# time that seven hundred have come, takes longer than making them.
_COLLECTED_FROM = 20_000
# What every first view of the map asks for; the grids are of any view of the world.
_FIRST_VIEW = (
    "/",
    "/editions/{edition}/terms.json",
    "/editions/{edition}/clusters.arrow?across=64&view=0,0,63,63",
    "/editions/{edition}/tallies.json?level=0",
    "/editions/{edition}/histogram.json?unit=month",
    "/editions/{edition}/outlines.json?across=16&view=0,0,15,15",
)
_COMPILE = "import os; os.nice(10); from incidents.editions.sweeping import compile_all; compile_all()"
# Hosts that stand for all of this machine's, with the one by which it reaches itself.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="Port; 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (default: BEARING_WORKERS).")
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the published editions over HTTP until interrupted."""
    settings = Settings.from_env()
    # What the public door never needs, it never gets: not in its settings, and not in its environment.
    os.environ.pop(f"{PREFIX}DATABASE_URL", None)
    refuse_without_edition(settings)
    listener = listen(host, port, settings.stall_seconds)
    address = address_of(listener, host)
    if not os.environ.get(f"{PREFIX}PUBLIC_URL"):
        settings = replace(settings, public_url=address, trusted_hosts=(*settings.trusted_hosts, host.lower()))
        if host in _EVERYWHERE:
            click.echo(f"Warning: who comes by another name than localhost gets 400. Set {PREFIX}PUBLIC_URL.", err=True)
    if "bearing.js" not in Assets().names:
        click.echo("Warning: the front end is not built, so maps stay empty. Run `make setup`.", err=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        click.echo(
            "Warning: this runs as root. In a container that may be meant; elsewhere use a user of its own.", err=True
        )
    configure_logs()
    if count_rows(settings) >= MANY_ROWS:
        compile_apart()
    server = Server(settings, listener, workers or settings.workers or choose_workers(memory_here()))
    tell_when_ready(address, listener.getsockname(), settings.trusted_hosts[0], server_pid=os.getpid())
    server.run()


def choose_workers(memory: int) -> int:
    """Give how many processes fit into so many bytes: a hundred thousand incidents need half a gigabyte from one."""
    return _WORKERS if memory >= ENOUGH else 1


def address_of(listener: socket.socket, host: str) -> str:
    """Give the address at which this machine reaches what listens on a host."""
    name = _EVERYWHERE.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"


def refuse_without_edition(settings: Settings) -> None:
    """Raise CannotServe, saying what to do, where nothing is published yet, or nothing that this version reads."""
    if not (settings.editions_dir / "current").exists():
        msg = (
            f"nothing is published in {settings.data_dir} yet: publish with `bearing publish`, "
            "or see an example with `bearing demo`"
        )
        raise CannotServe(msg)
    try:
        read_manifest((settings.editions_dir / "current").resolve())
    except EditionOutdated as error:
        msg = f"{error} with `bearing publish`"
        raise CannotServe(msg) from None
    except EditionError:
        # A damaged one may be restored while this serves; until then every answer says what is wrong.
        return


def count_rows(settings: Settings) -> int:
    """Give how many rows the current edition says that it has, 0 where it says nothing that can be read."""
    try:
        return read_manifest((settings.editions_dir / "current").resolve()).rows
    except EditionError:
        return 0


def compile_apart() -> None:
    """Have a child process compile what counts many rows: what that takes of memory would not all be given back.

    Where what is compiled cannot be kept, this process compiles it again.
    """
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        compile_all()
    finally:
        os._exit(0)


def compile_beside() -> None:
    """Have another process compile it, one on a machine at a time and when nothing else is to be done; then load it."""
    try:
        with SOURCE.open() as source:
            fcntl.flock(source, fcntl.LOCK_EX)
            # Forking would take over what other threads hold. What lies in the folder that it runs in is not imported.
            command = [sys.executable, "-P", "-c", _COMPILE]
            ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - no word of it is anybody's
    except OSError as error:
        log_failure(error)
    else:
        if ended.returncode < 0:
            # What ended it has most often ended this process, too, or else the next reader waits for the compiler.
            return
    compile_all()


def listen(host: str, port: int, stall_s: int) -> socket.socket:
    """Open the listening socket. Raises CannotServe where host or port cannot be had.

    stall_s: how long a connection may wait for a reader to take something, in seconds. Without an end to that, as many
    readers as there are threads would stop the site by asking for something large and taking nothing of it.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections have it from the socket that accepts them.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", stall_s, 0))
        listener.bind(where)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            msg = f"port {port} is taken: end what listens there, or choose another with --port"
        else:
            msg = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise CannotServe(msg) from None
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def tell_when_ready(address: str, where: tuple[object, ...], trusted: str, *, server_pid: int) -> None:
    """Print the address as soon as a request to it is answered; a child process waits for that, and then ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fork():
        return
    status = 1
    try:
        if wait_until_answered(str(where[0]), int(str(where[1])), trusted, server_pid):
            click.echo(address)
            status = 0
    finally:
        os._exit(status)


def wait_until_answered(host: str, port: int, trusted: str, server_pid: int) -> bool:
    """Ask for /healthz until the answer is 200, the server is gone, or a minute has passed."""
    asked = _EVERYWHERE.get(host, host)
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until and os.getppid() == server_pid:
        connection = http.client.HTTPConnection(asked, port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": trusted.removeprefix(".")})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return True
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    return False


class Server(gunicorn.app.base.BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """The application under gunicorn: several processes, each with threads, so that a slow reader stops nobody.

    The application is made before the processes part and shares their memory; an edition is opened by each process
    for itself, since an open one does not survive a fork.
    """

    def __init__(self, settings: Settings, listener: socket.socket, workers: int) -> None:
        """Keep what `load_config` and `load` need: gunicorn calls them."""
        self._settings = settings
        self._listener = listener
        self._workers = workers
        self._draughtsman: Draughtsman | None = None
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        options = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "limit_request_line": _LONGEST_LINE,
            "logger_class": ServerLog,
            "loglevel": "error",
            "proc_name": "bearing",
            # Workers prove that they live by touching a file; on a disk that blocks, they would seem dead.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108 - gunicorn makes the file's name
            "control_socket_disable": True,
            # The application reads X-Forwarded-* itself, and only as far as BEARING_PROXIES says.
            "forwarded_allow_ips": "",
            "post_worker_init": lambda worker: self._warm(worker.app.wsgi()),
            # So that nothing seems leaked when a process ends; see `load`.
            "worker_exit": lambda _server, _worker: gc.unfreeze(),
            "on_exit": lambda _server: self._leave(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Make the application, with all that its processes can share made before they part."""
        keep_little_memory(memory_here())
        # Folium and pyarrow take pandas when it is there: 65 MB that these answers never touch. It is optional to both.
        sys.meta_path.insert(0, WithoutPandas())
        # Else each process would load it for itself, with the first question.
        importlib.import_module("numpy.ma")
        app = create_app(self._settings)
        for name in app.jinja_env.list_templates(extensions=["html"]):
            app.jinja_env.get_template(name)
        self._draughtsman = start_draughtsman(max(1, self._settings.threads // 2))
        app.extensions["bearing"] = replace(app.extensions["bearing"], draughtsman=self._draughtsman)
        if count_rows(self._settings) >= MANY_ROWS:
            compile_all()
        else:
            # Where an edition grows so large only later, each process loads it for itself, and nobody waits for that.
            preparation.leave_to(compile_beside)
        # What is frozen is not visited by the collector, whose marks would unshare every page it lies on.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECTED_FROM)
        return app

    def _warm(self, app: Flask) -> None:
        # Beside it the process takes requests already. When the process ends it waits for this: where Python ends under
        # what is not Python, that ends with an error.
        threading.Thread(target=warm, args=(app, self._settings.public_url), name="warming").start()

    def _leave(self) -> None:
        if self._draughtsman:
            self._draughtsman.end()
        gc.unfreeze()


def warm(app: Flask, address: str) -> None:
    """Answer to nobody what a first view asks for, so that the first reader does not wait until the edition is opened.

    What is made of the edition as a whole is then in memory, where any reader would have put it.
    """
    held: Site = app.extensions["bearing"]
    try:
        edition = held.editions.current_name()
        for path in _FIRST_VIEW:
            asked = path.format(edition=edition)
            with app.test_request_context(asked, base_url=address, headers={"Accept-Encoding": "gzip"}):
                app.dispatch_request()
    except EditionError:
        # What is wrong with it every answer says.
        return


class WithoutPandas(MetaPathFinder):
    """Says that there is no pandas, as a None in `sys.modules` would to Python, but not to pyarrow."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Find nothing. Raises ModuleNotFoundError for pandas."""
        del path, target
        if fullname == "pandas":
            msg = "No module named 'pandas'"
            raise ModuleNotFoundError(msg, name=fullname)


class ServerLog(gunicorn.glogging.Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn's own messages, without the request lines that it would quote."""

    def error(self, msg: str, *args: object, **kwargs: object) -> None:
        """Log what gunicorn finds wrong with its processes."""
        del kwargs
        structlog.get_logger().error("server", said=str(msg) % args if args else str(msg))

    critical = error

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        """Log that a request broke, and where, without its address."""
        del msg, args, kwargs
        error = sys.exc_info()[1]
        if isinstance(error, BlockingIOError):
            structlog.get_logger().info("stalled", said="a reader took nothing for too long; the connection is ended")
        elif error is not None:
            log_failure(error)
