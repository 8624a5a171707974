"""How a browser is known again: a random token in a cookie that scripts can't read."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

OWNER_COOKIE = "gan_demo_owner"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")


def valid_token(token: str) -> bool:
    """Is this an owner's token that ``server.OwnerCookie`` could have made?"""
    return _TOKEN.fullmatch(token) is not None


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def owns(file: Path, token: str) -> bool:
    """Is the visitor with this token the owner noted in a run's file? Without one it belongs to whoever is here."""
    return not file.is_file() or hmac.compare_digest(file.read_text("utf-8").strip(), digest(token))
