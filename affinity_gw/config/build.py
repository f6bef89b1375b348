"""A whole source becomes a ``Config``: sections in their layers, then what holds between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from affinity_gw.config import presets
from affinity_gw.config.advisories import advisories
from affinity_gw.config.backends import backend
from affinity_gw.config.checks import check_tracks
from affinity_gw.config.files import check_reach
from affinity_gw.config.frontends import check_binds, frontend
from affinity_gw.config.instances import check_ports
from affinity_gw.config.layers import Layer, Layers, given
from affinity_gw.config.mode import check_modes
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.schema import GlobalTable, LogTable
from affinity_gw.config.schema_backend import BackendTable, DefaultsTable
from affinity_gw.config.schema_frontend import CommonOptions, FrontendTable
from affinity_gw.config.schema_users import UserlistTable
from affinity_gw.config.source import Source
from affinity_gw.config.userlists import userlist
from affinity_gw.errors import Complaint, ConfigError
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.userlists import Userlist

SECTIONS = ("global", "defaults", "frontend", "backend", "userlist")


def build(source: Source, complaints: list[Complaint]) -> Config:
    """The configuration; raises ConfigError with ``complaints`` and all others, in file order."""
    unset = {_place(complaint) for complaint in complaints}
    found: list[Complaint] = []
    config = _Builder(source, found).config()
    # What a variable that is not set leaves behind is wrong as well, and needs no second complaint.
    complaints += (complaint for complaint in found if _place(complaint) not in unset)
    if complaints:
        # A wrong word in [defaults] or in a preset is wrong in each section that inherits it, and said once.
        raise ConfigError(sorted(dict.fromkeys(complaints), key=lambda each: (each.file, each.line or 0)))
    return config


def _log(table: LogTable | None) -> dict[str, Any]:
    said = {key: value for key, value in table or () if value is not None}
    if "syslog" in said:
        said["targets"] = tuple(said.pop("syslog"))
    return {f"log_{key}": value for key, value in said.items()}


def _place(complaint: Complaint) -> tuple[object, ...]:
    return complaint.file, complaint.line, complaint.table, complaint.key


class _Builder:
    def __init__(self, source: Source, complaints: list[Complaint]) -> None:
        self.source = source
        self.complaints = complaints
        self.backend_names = list(self._sections("backend"))
        self.userlist_names = list(self._sections("userlist"))
        self.defaults = self._layer("defaults").check(DefaultsTable, complaints)
        self.frontends: dict[str, Layers] = {}
        self.backends: dict[str, Layers] = {}

    def config(self) -> Config:
        self._top_level()
        if self.source.data.get("frontend", {}) == {}:
            self._complain((), "there is no frontend", "write [frontend.NAME] with bind and backend")
        general = self._general()
        userlists = tuple(self._userlist(name) for name in self.userlist_names)
        backends = tuple(self._backend(name) for name in self.backend_names)
        servers = {each.name: self._servers_of(each) for each in backends}
        frontends = tuple(self._frontend(name, servers) for name in self._sections("frontend"))
        self._between(frontends, backends)
        check_reach(self.backends, [each.files for each in backends if each.files is not None], general.chroot)
        config = Config(self.source.file, general, frontends, backends, userlists=userlists)
        if self.complaints:
            return config
        warnings = sorted(advisories(config, self.source), key=lambda warning: warning.line or 0)
        return replace(config, warnings=tuple(map(str, warnings)))

    def _between(self, frontends: tuple[Frontend, ...], backends: tuple[Backend, ...]) -> None:
        """What no section can know alone."""
        check_binds(self.frontends, frontends)
        check_modes(self.frontends, frontends, backends)
        check_ports(self.backends, [each.instances for each in backends if each.instances is not None])
        servers = {server.id: server for each in backends for server in each.servers}
        written = {f"{name}/{server}" for name in self.backend_names for server in self._servers_written(name)}
        check_tracks(self.backends, servers, written | set(servers))

    def _general(self) -> Global:
        layers = Layers([self._layer("global").check(GlobalTable, self.complaints)], self.complaints)
        table = layers.model(GlobalTable)
        return Global(
            trusted_proxies=tuple(table.trusted_proxies or ()),
            pidfile=layers.file(("pidfile",), table.pidfile) if table.pidfile else "",
            chroot=layers.file(("chroot",), table.chroot) if table.chroot else "",
            **given(
                maxconn=table.maxconn,
                hard_stop_after=table.hard_stop_after,
                ulimit_n=table.ulimit_n,
                workers=table.workers,
                user=table.user,
                group=table.group,
                daemon=table.daemon,
            ),
            **_log(table.log),
        )

    def _servers_of(self, backend: Backend) -> set[str]:
        """By name; those that could not be built are there too."""
        return {server.name for server in backend.servers} | set(self._servers_written(backend.name))

    def _frontend(self, name: str, backends: Mapping[str, Collection[str]]) -> Frontend:
        own = self._layer("frontend", name).check(FrontendTable, self.complaints)
        layers = self.frontends[name] = Layers([own, self.defaults.known_to(FrontendTable)], self.complaints)
        return frontend(layers, name, layers.model(FrontendTable), backends, self.userlist_names)

    def _backend(self, name: str) -> Backend:
        own = self._layer("backend", name).check(BackendTable, self.complaints)
        # What [defaults] says of both is the frontend's already; said again here, it would overrule the frontend's own.
        common = set(CommonOptions.model_fields) - {"mode", "connection"}
        layers = [own, self.defaults.known_to(BackendTable).without(*common)]
        stack = self.backends[name] = Layers(self._with_preset(layers), self.complaints)
        return backend(stack, name, stack.model(BackendTable), self.backend_names, self.userlist_names)

    def _userlist(self, name: str) -> Userlist:
        layers = Layers([self._layer("userlist", name).check(UserlistTable, self.complaints)], self.complaints)
        return userlist(layers, name, layers.model(UserlistTable))

    def _with_preset(self, layers: list[Layer]) -> list[Layer]:
        """The preset that is named between the section's own words and ``[defaults]``."""
        named = Layers(layers, self.complaints).merged().get("affinity")
        if not isinstance(named, str):
            return layers
        own, defaults = (
            layer.without("affinity") if layer.data.get("affinity") == named else layer for layer in layers
        )
        preset = self._preset(Layers(layers, self.complaints), named)
        return [own, preset, defaults] if preset is not None else [own, defaults]

    def _preset(self, layers: Layers, name: str) -> Layer | None:
        try:
            source, complaints = presets.find(name, layers.holder(("affinity",)).source.directory)
        except Problem as problem:
            layers.complain(("affinity",), problem)
            return None
        except ConfigError as error:
            self.complaints += error.complaints
            return None
        self.complaints += complaints
        layer = Layer(source, (), source.data).check(BackendTable, self.complaints)
        if isinstance(layer.data.get("affinity"), str):
            self.complaints.append(layer.complaint(("affinity",), Problem("a preset cannot name another one")))
            return layer.without("affinity")
        return layer

    def _layer(self, *path: str) -> Layer:
        raw: Any = self.source.data
        for part in path:
            raw = raw.get(part, {})
        return Layer(self.source, path, raw)

    def _sections(self, kind: str) -> dict[str, Any]:
        found = self.source.data.get(kind, {})
        if not isinstance(found, dict):
            self._complain((kind,), f"{kind} is not a table of sections", f"write [{kind}.NAME]")
            self.source.data[kind] = found = {}
        return found

    def _servers_written(self, name: str) -> list[str]:
        servers = self.source.data["backend"][name]
        servers = servers.get("server") if isinstance(servers, dict) else None
        return list(servers) if isinstance(servers, dict) else []

    def _top_level(self) -> None:
        for key in self.source.data:
            if key not in SECTIONS:
                problem = f'there is no section "{key}"'
                self._complain((key,), problem, suggestion(key, SECTIONS))

    def _complain(self, path: tuple[str, ...], problem: str, advice: str) -> None:
        self.complaints.append(self.source.complaint(path, problem, advice))
