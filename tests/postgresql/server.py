"""A PostgreSQL server of our own: on loopback, in a folder that goes away, run by an ordinary user."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from ..grading.conftest import until

USER = "instructor"
PASSWORD = "open-sesame"  # noqa: S105 - of a server that lives as long as the tests


@dataclass(frozen=True)
class Server:
    """Where a server listens."""

    port: int

    def url(self, database, *, password=PASSWORD):
        return f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database="postgres"):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def create(self, database, template="template1"):
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)


def program(name):
    """Find a program of PostgreSQL; Debian keeps those of the server off the PATH."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1:]), None)
    if not found:
        pytest.skip(f"there is no {name}. Install PostgreSQL; on Debian and Ubuntu: sudo apt-get install postgresql")
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ordinary():
    """Say as whom the server runs: initdb refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


@contextmanager
def running():
    """Start a server, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="gd-postgresql-") as folder:
        owner = ordinary()
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        data, secret = Path(folder, "data"), Path(folder, "password")
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        options = ["--username", USER, "--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8"]
        command = [program("initdb"), "--pgdata", data, *options, "--locale", "C", "--no-sync"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, **owner)
        with open_server(data, owner) as port:
            yield Server(port)


@contextmanager
def open_server(data, owner):
    """Run a server while it is needed; a port that someone else takes at the last moment is given up for another."""
    log = data.parent / "log"
    for port in (free_port() for _ in range(5)):
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        command = [program("postgres"), "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
        with log.open("wb") as out, subprocess.Popen(command, cwd=data, stderr=out, **owner) as process:
            try:
                until(partial(_ended_or_ready, process, port))
                if process.poll() is None:
                    yield port
                    return
            finally:
                process.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is cut off
    raise AssertionError(log.read_text())


def _ended_or_ready(process, port):
    command = [program("pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(port)]
    return process.poll() is not None or subprocess.run(command, check=False).returncode == 0
