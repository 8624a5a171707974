"""Ownership of runs: anyone with a run's link may watch it, only its owner controls it.

A browser is known by a random token in a cookie that scripts can't read; a run's folder keeps the token's digest.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from gan_demo.errors import JobError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.support import atomic_file

OWNER_COOKIE = "gan_demo_owner"
OWNER_FILE = "owner"  # in the run's folder: the digest of its owner's token
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")


def valid_token(token: str) -> bool:
    """Return whether the token has the form that ``server.owner_cookie`` issues."""
    return _TOKEN.fullmatch(token) is not None


def digest(token: str) -> str:
    """Return the token's SHA-256 as 64 hexadecimal digits; only this is saved."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_digest(token: str, expected: str) -> bool:
    """Return whether ``expected`` is the digest of this token, in constant time."""
    return hmac.compare_digest(digest(token).encode(), expected.encode())


def claim(run: RunDir, token: str) -> None:
    """Write the owner's digest into the run's folder, so that ownership outlasts a restart."""
    atomic_file.replace_file(run.path / OWNER_FILE, digest(token).encode())


def owns(run: RunDir, token: str) -> bool:
    """Return whether the visitor with this token may control, resume and delete the run and see its own images.

    A run without an owner file, as the command line creates it, belongs to whoever uses the app. Shipped models belong
    to nobody, and so does a run whose owner file is damaged.
    """
    if run.path.parent != library.home():
        return False
    try:
        owner = (run.path / OWNER_FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return True
    except (OSError, UnicodeDecodeError):
        return False
    return valid_token(token) and has_digest(token, owner)


def check_owner(run: RunDir, token: str) -> None:
    """Raise JobError unless the visitor with this token owns the run."""
    if not owns(run, token):
        raise JobError("job", run.id, "belongs to someone else", "You can watch it, or start one of your own")


def own_runs(token: str) -> list[RunDir]:
    """Return the visitor's runs, newest first."""
    return [run for run in library.list_runs(library.home()) if owns(run, token)]
