"""Tokens of voters, which the server issues to browsers in a class, so that nobody can invent any.

A token is a name and its signature, NAME.SIGNATURE. The same browser always gets the same one in the same class.
"""

from __future__ import annotations

import hashlib
import hmac

from gan_demo.support.rate_limit import RateLimit

MAX_REMEMBERED = 10_000
_DIGITS = 32  # hexadecimal digits of name and signature


class Issuer:
    """Issues tokens, few at a time to browsers that had none."""

    def __init__(self) -> None:
        self._limit = RateLimit(rate=1, burst=300)  # by address, which a lecture hall may share
        self._issued: dict[str, None] = {}  # since the start, oldest first

    def issue(self, secret: str, browser: str, address: str) -> str:
        """Return the token of a browser, known by its owner token, under the secret of a class.

        "" while ``address`` asks for too many.
        """
        token = _token(secret, browser)
        if token not in self._issued and not self._limit.take(address):
            return ""
        self._issued[token] = self._issued.pop(token, None)
        if len(self._issued) > MAX_REMEMBERED:
            del self._issued[next(iter(self._issued))]
        return token


def _token(secret: str, browser: str) -> str:
    name = _hmac(secret, "name", browser)
    return f"{name}.{_hmac(secret, 'voter', name)}"


def name_of(secret: str, token: str) -> str | None:
    """Return the voter's name in a token, or None if this class did not issue it."""
    name, _, signature = token.partition(".")
    is_ours = hmac.compare_digest(_hmac(secret, "voter", name).encode(), signature.encode())
    return name if is_ours else None


def _hmac(secret: str, purpose: str, text: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]
