"""``files.*``: a backend whose one server is the gateway itself, with the files of a directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from affinity_gw.config.layers import Layers, given
from affinity_gw.config.schema_backend import BackendTable
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import FilesSpec, Server

SERVER = "files"


def files_spec(layers: Layers, backend: str, table: BackendTable) -> FilesSpec | None:
    """None where there are no files, or where they have been complained of."""
    files = table.files
    if files is None:
        return None
    if files.root is None:
        if not layers.broken("files"):
            layers.complain(("files",), "it does not say which files", 'write files.root = "static"')
        return None
    if table.mode == "tcp":
        layers.complain(("files",), "files are asked for by requests, and mode tcp has none", "leave the mode out")
    for key in ("server", "instances", "dispatch"):
        if layers.mentions(key):
            layers.complain((key,), f"the backend has files and {key}", "give the files a backend of their own")
            return None
    root = Path(layers.file(("files", "root"), files.root))
    if not root.is_dir():
        problem = f"{files.root} is not a directory" if root.exists() else f"there is no directory {files.root}"
        layers.complain(("files", "root"), problem, "name one that the gateway may read, relative to this file")
        return None
    return FilesSpec(backend, str(root), **given(listing=files.listing, index=files.index))


def files_server(spec: FilesSpec | None, number: int) -> list[Server]:
    """It has no address until it has been started, and is not checked: it stands and falls with the gateway."""
    return [] if spec is None else [Server(spec.backend, SERVER, number, Address())]


def check_reach(sections: Mapping[str, Layers], specs: Iterable[FilesSpec], chroot: str) -> None:
    """Complain of files that a chroot would lock away: sites are opened when it is in force."""
    for spec in specs if chroot else ():
        advice = "leave chroot out, or let another server have the files"
        sections[spec.backend].complain(("files",), "in its chroot the gateway cannot reach them", advice)
