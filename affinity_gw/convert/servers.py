"""``server``, ``default-server``, ``dispatch``: where requests go.

A server has what the ``default-server`` lines before it said, those of its section's ``defaults`` first; its own words
count more (HAProxy's manual, section 4.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert import addresses
from affinity_gw.convert.addresses import Unfit
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import run
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.server_options import OPTIONS, Draft
from affinity_gw.convert.words import name

_DEFAULT = "default-server"
_WANTED = "a server wants a name and an address"


def _server(context: Context) -> None:
    context.not_in_defaults("backend")
    context.not_in_frontends()
    if len(context.words) < 3:
        raise Problem(_WANTED, 'write "server web1 127.0.0.1:8080"')
    called = name(context.words[1], "a server")
    if called in context.section.tables["backend"].get("server", {}):
        raise Problem(f"there is a server {called} already", "give each a name of its own")
    draft = context.section.value(_DEFAULT, Draft()).copy()
    address = _address(context, context.words[2])
    run(context, draft, context.words[3:], OPTIONS, "the option")
    if draft.disabled:
        context.leave_out(f"the server {called} is disabled, and nothing here would enable it", "take disabled out")
    elif address is not None:
        context.put("backend", ("server", str(called)), _table(address, draft))
        _looked_up(context, address, draft)


def _default_server(context: Context) -> None:
    context.not_in_frontends()
    draft = context.section.value(_DEFAULT, Draft()).copy()
    run(context, draft, context.words[1:], OPTIONS, "the option")
    context.say(_DEFAULT, draft)


def _server_template(context: Context) -> None:
    context.not_in_defaults("backend")
    if context.ignored_here("backend"):
        return
    if len(context.words) < 4:
        raise Problem("a server-template wants a prefix, a number and an address", "see HAProxy's manual")
    context.leave_out("servers are written one by one", "write a server line for each")


def _dispatch(context: Context) -> None:
    context.not_in_defaults("backend")
    if context.ignored_here("backend"):
        return
    word = context.argument(1, "an address")
    context.only(2)
    if not word.startswith("/") and ":" not in word and "@" not in word:
        raise Problem(f'"{word}" has no port', 'write "dispatch 127.0.0.1:8080"')
    address = _address(context, word)
    if address is not None:
        context.put("backend", ("dispatch",), spelt(address))


def _address(context: Context, word: Word) -> Word | None:
    """None where it was left out."""
    try:
        address = addresses.server(word)
    except Unfit as unfit:
        context.leave_out(unfit.reason, unfit.advice)
        return None
    if addresses.is_wildcard(address):
        context.warn(
            f"{word} names no host: HAProxy goes to the address that the client came to, the gateway to this machine",
            "write 127.0.0.1 if that is meant",
        )
    return address


def _looked_up(context: Context, address: Word, draft: Draft) -> None:
    if addresses.is_name(address) and "init_addr" not in draft.table:
        context.warn(
            f"{address.rpartition(':')[0]} is looked up at the start; a server without an address is down, where "
            "HAProxy would refuse to start"
        )


def _table(address: Word, draft: Draft) -> str | dict[str, Any]:
    """The address alone where nothing else is said."""
    table: dict[str, Any] = {"address": spelt(address)}
    table.update((key, value) for key, value in draft.table.items() if value is not False)
    if addresses.is_name(address):
        table["init_addr"] = "libc,none"
    if draft.over_tls:
        table["tls"] = _tls(address, draft)
    if draft.checked:
        if "track" in table:
            raise Problem("a server that tracks another one is not checked itself", "keep either track or check")
        table["check"] = _check(draft) or True
    return table if len(table) > 1 else spelt(address)


def _tls(address: Word, draft: Draft) -> dict[str, Any]:
    """HAProxy tells a server no name, and compares its certificate with none, unless the line says one."""
    if draft.tls.get("verify") != "none" and "ca_file" not in draft.tls:
        raise Problem(
            "the server's certificate is to be verified, and there is no ca-file",
            'add "ca-file @system-ca", or "verify none" where it need not be',
        )
    tls = dict(draft.tls)
    if "sni" not in tls:
        if tls.get("verify") != "none" and "verifyhost" not in tls:
            tls["verifyhost"] = False
        if addresses.is_name(address):
            tls["sni"] = False
    return tls


def _check(draft: Draft) -> dict[str, Any]:
    """Over TLS as requests are, but in clear text where checks have a port or an address of their own."""
    check = dict(draft.check)
    implied = draft.over_tls and not check.keys() & {"port", "address"}
    wanted = implied if draft.checked_over_tls is None else draft.checked_over_tls
    if wanted != draft.over_tls or draft.checked_over_tls is not None:
        check["tls"] = dict(draft.tls) or True if wanted and not draft.over_tls else wanted
    return check


SERVERS: Mapping[str, Directive] = {
    "server": _server,
    "default-server": _default_server,
    "server-template": _server_template,
    "dispatch": _dispatch,
}
