"""Who is measured. A new peer is a new row and, where it wants a configuration file, a template in ``configs/``.

In templates and commands, ``$port`` is where to listen, ``$backend1`` and ``$backend2`` are the ports of wt1 and wt2,
``$connection`` is the workload's connection mode, ``$config`` the file made from the template, ``$python`` this Python.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.bench.workloads import Kind

CONFIGS = Path(__file__).parent / "configs"
SEARCH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
REFERENCE = "haproxy"


@dataclass(frozen=True, slots=True)
class Peer:
    """``template`` is a file's name in ``configs/``; ``package`` is what to install where the program is missing."""

    name: str
    title: str
    command: tuple[str, ...]
    template: str = ""
    package: str = ""
    version: tuple[str, ...] = ()
    """A command whose first line of output says the version."""
    kinds: tuple[Kind, ...] = ("requests", "tunnels")
    prefixes: int = 0
    """Rules on path prefixes that no request has, in front of what the template says."""


PEERS = (
    Peer(
        "haproxy",
        "HAProxy",
        ("haproxy", "-db", "-f", "$config"),
        template="haproxy.cfg",
        package="haproxy",
        version=("haproxy", "-v"),
    ),
    Peer(
        "gateway",
        "affinity_gw",
        ("$python", "-m", "affinity_gw", "$config"),
        template="gateway.toml",
        version=("$python", "-m", "affinity_gw", "--version"),
    ),
    Peer(
        "gateway-cfg",
        "affinity_gw on HAProxy's own file",
        ("$python", "-m", "affinity_gw", "$config"),
        template="haproxy.cfg",
    ),
    Peer(
        "gateway-rules",
        "affinity_gw behind 200 rules",
        ("$python", "-m", "affinity_gw", "$config"),
        template="gateway.toml",
        prefixes=200,
    ),
    Peer(
        "aiohttp",
        "a plain aiohttp proxy",
        ("$python", "-m", "tests.bench.aiohttp_proxy", "$port", "$connection", "$backend1", "$backend2"),
        kinds=("requests",),
    ),
)


def program(name: str) -> str | None:
    """The program's path, also where root's directories are not searched by default."""
    return shutil.which(name, path=SEARCH)


def fill(words: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """A command with its values, its program found; the name as it is where the program is missing."""
    first, *rest = (Template(word).substitute({"python": sys.executable, **values}) for word in words)
    return [program(first) or first, *rest]


def configured(peer: Peer, values: Mapping[str, str], directory: Path) -> list[str]:
    """The command that starts ``peer``, its configuration written into ``directory``."""
    if not peer.template:
        return fill(peer.command, values)
    config = directory / peer.template
    text = Template((CONFIGS / peer.template).read_text()).substitute(values)
    config.write_text(text + "".join(map(_rule, range(peer.prefixes))))
    return fill(peer.command, {**values, "config": str(config)})


def _rule(number: int) -> str:
    return f'\n[[frontend.wt.rule]]\nwhen = "{{ path_beg /application{number}/ }}"\ndeny = true\n'
