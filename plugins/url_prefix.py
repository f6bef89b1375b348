"""The key is a parameter of the query whose value begins with a server's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import unquote_plus

from affinity_gw.plugin import Extractor, Pin, RequestHead

_LONGEST_WORD = 256
"""How much of a value is searched for a server's word: a client may send kilobytes."""


@dataclass(frozen=True, slots=True)
class UrlPrefix(Extractor):
    """A parameter of the query that begins with the server's word, as Wt's session ids do (--session-id-prefix).

    The first occurrence of the parameter counts, percent-decoded. A value longer than ``tail`` is cut by ``tail``
    characters and compared exactly: wt10 and 16 random characters are never wt1's. Where that names no server, or the
    value is no longer than ``tail``, the longest server's word that begins the value is meant, so that ?wtd=wt1 reaches
    wt1 too.

    Options:
        parameter: the parameter's name, such as wtd.
        tail: how many characters of the value are random, after the server's word.
    """

    parameter: str
    tail: int = 16

    default_pin: ClassVar[Pin] = "server"

    def __post_init__(self) -> None:
        if not self.parameter:
            raise ValueError("parameter is empty; give the name of a query parameter, such as wtd")
        if self.tail < 0:
            raise ValueError(f"tail is {self.tail}; it counts characters, so 0 is the least")

    def request_key(self, head: RequestHead) -> str | None:
        return head.query_parameter(self.parameter)

    def server_word(self, key: str, words: Mapping[str, object]) -> str | None:
        cut = len(key) - self.tail
        if cut > 0 and (word := key[:cut]) in words:
            return word
        return next(
            (word for length in range(min(len(key), _LONGEST_WORD), 0, -1) if (word := key[:length]) in words), None
        )

    def without_key(self, target: str) -> str:
        """The target without any occurrence of the parameter; all else stays byte for byte."""
        path, mark, query = target.partition("?")
        pairs = query.split("&")
        kept = [pair for pair in pairs if not self._is_ours(pair)]
        if len(kept) == len(pairs):
            return target
        rest = "&".join(kept)
        return path + mark + rest if rest else path

    def _is_ours(self, pair: str) -> bool:
        name = pair.partition("=")[0]
        return name == self.parameter or (("%" in name or "+" in name) and unquote_plus(name) == self.parameter)
