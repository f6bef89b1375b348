"""A directory to write configurations in, and what the gateway says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.config.load import load_file
from affinity_gw.errors import ConfigError
from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.configuration import Config

FRONTEND = '[frontend.x]\nbind = ":80"\nbackend = "b"\n'
BACKEND = '[backend.b]\nserver.s1 = "127.0.0.1:1"\n'


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Config]:
    """The configuration in a text, as it would be in ``cfg.toml``. ``@F`` and ``@B`` are a frontend and a backend that
    are well, on three lines and two."""
    monkeypatch.chdir(tmp_path)

    def load(text: str) -> Config:
        Path("cfg.toml").write_text(text.replace("@F\n", FRONTEND).replace("@B\n", BACKEND), encoding="utf-8")
        return load_file("cfg.toml")

    return load


@pytest.fixture
def complaints(load: Callable[[str], Config]) -> Callable[[str], list[str]]:
    """What is wrong with a text, in the words that a user reads, without the name of the file."""

    def complaints(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return [str(complaint).removeprefix("cfg.toml:") for complaint in caught.value.complaints]

    return complaints


@pytest.fixture
def make_head() -> Callable[..., RequestHead]:
    """A request head without fields."""

    def make_head(target: str, method: str = "GET") -> RequestHead:
        return RequestHead(method, target, 1, (), CIMultiDictProxy(CIMultiDict()), "127.0.0.1", "127.0.0.1")

    return make_head
