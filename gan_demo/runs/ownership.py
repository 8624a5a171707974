"""Ownership of runs: anyone with a run's link may watch it, only its owner controls it and sees its own images.

This module alone decides what a visitor may do and see; pages and routes ask it. A browser is known by a random token
in a cookie that scripts can't read; a run's folder keeps the token's digest.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from gan_demo.errors import GanDemoError, JobError, RunError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.support import atomic_file

OWNER_COOKIE = "gan_demo_owner"
OWNER_FILE = "owner"  # in the run's folder: the digest of its owner's token
ANYBODY = "*"  # in the place of a digest
_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_NUMBER = re.compile(r"[0-9.,]{1,20}")
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
    return owned_by(run, digest(token) if valid_token(token) else "")


def owned_by(run: RunDir, token_digest: str) -> bool:
    """Return what ``owns`` does, for a visitor of whom only the token's digest is known."""
    owner = _owner_digest(run)
    return owner == ANYBODY or (owner is not None and hmac.compare_digest(token_digest.encode(), owner.encode()))


def _owner_digest(run: RunDir) -> str | None:
    """Return the digest of the owner's token, ANYBODY for a run without an owner file, None if it belongs to nobody."""
    if run.path.parent != library.home():
        return None
    try:
        content = (run.path / OWNER_FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return ANYBODY
    except (OSError, UnicodeDecodeError):
        return None
    return content if _DIGEST.fullmatch(content) else None


def check_owner(run: RunDir, token: str) -> None:
    """Raise JobError unless the visitor with this token owns the run."""
    if not owns(run, token):
        raise JobError("job", run.id, "belongs to someone else", "You can watch it, or start one of your own")


def may_see_images(run: RunDir, token: str) -> bool:
    """Return whether the visitor may see the images that a run was trained on, and whatever tells of them.

    Own images are for the run's owner: the pictures, the names of those that were left out, errors that name a file
    (``visible_error``), the script and the whole run, which name folders, and new runs and forks on them. The run's
    name and those of its classes are for everybody with its link.
    """
    return not run.config.data.path or owns(run, token)


def check_may_see_images(run: RunDir, token: str) -> None:
    """Raise JobError unless the visitor may see the run's images."""
    if not may_see_images(run, token):
        check_owner(run, token)


def visible_refusals(run: RunDir, token: str) -> list[tuple[str, str]]:
    """Return which images were left out, as (file, reason); [] for a visitor who may not see them."""
    return run.refused if may_see_images(run, token) else []


def visible_error(run: RunDir, token: str, error: BaseException) -> BaseException:
    """Return a run's error as the visitor may see it: without the texts of its details, which may name a file."""
    if not isinstance(error, GanDemoError) or may_see_images(run, token):
        return error
    numbers = {key: value if _NUMBER.fullmatch(str(value)) else "" for key, value in error.details.items()}
    return RunError(error.field, "", error.problem, error.remedy, **numbers)


def own_runs(token: str) -> list[RunDir]:
    """Return the visitor's runs, newest first."""
    return [run for run in library.list_runs(library.home()) if owns(run, token)]
