"""The serve command: start the app."""

from __future__ import annotations

import argparse
import os
import socket

from gan_demo.cli.arguments import Commands
from gan_demo.errors import ConfigError


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("serve", help="start the app, to be opened in a browser")
    parser.add_argument("--port", type=int, metavar="N", help="by default 8501, or the next one that is free")
    parser.add_argument("--address", metavar="HOST", help="127.0.0.1: for this computer alone; by default for all")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the app until Ctrl-C or SIGTERM; return the exit code."""
    if options.port is not None and not 1 <= options.port <= 65535:
        raise ConfigError("port", options.port, "must be from 1 to 65535")
    check_socket(options.address, options.port)

    from gan_demo.runs import library
    from gan_demo.ui import serve

    library.check_home(writes=True)

    serve.serve(options.port, options.address)
    return 0


def check_socket(address: str | None, port: int | None) -> None:
    """Raise ConfigError unless a server can listen on this address (None: all) and port (None: any)."""
    try:
        _bind(address or "", 0)
    except (OSError, UnicodeError) as failure:  # UnicodeError: no host has such a name
        remedy = "Leave it out, or give 127.0.0.1"
        raise ConfigError("address", address, "is not an address of this computer", remedy) from failure
    if port is not None:
        try:
            _bind(address or "", port)
        except OSError as failure:
            raise ConfigError("port", port, "is in use or reserved", "Choose another port") from failure


def _bind(address: str, port: int) -> None:
    """Open a socket as the server will, and close it again."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        if os.name != "nt":  # there this option would share the port with another program
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))
