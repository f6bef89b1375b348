"""The command line: run, check, explain, convert, plugins, options, hash-password.

Exit status: 0 well; 1 failure at run time, or something that ``convert`` left out; 2 a configuration or a command line
that cannot be used. What is wrong is said on stderr in sentences; there is no traceback for anything that a user can
write.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import MISSING
from pathlib import Path
from typing import Any

import click

from affinity_gw import conversion
from affinity_gw.config import extractors, reference
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.load import load_config
from affinity_gw.errors import Complaint, ConfigError, GatewayError
from affinity_gw.plugin import Extractor
from affinity_gw.routing.configuration import Config
from affinity_gw.terminal import fail, refuse, warn
from affinity_gw.version import __version__

_FIELD = re.compile(r"\s*([^:\s]+)\s*:\s*(.*?)\s*", re.DOTALL)


class Commands(click.Group):
    """``affinity_gw cfg.toml`` is ``affinity_gw run cfg.toml``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            if not _may_be_file(args[0]):
                ctx.fail(f'there is no command "{args[0]}"; {suggestion(args[0], self.commands)}')
            args = ["run", *args]
        return super().resolve_command(ctx, args)


def _may_be_file(word: str) -> bool:
    return "." in word or "/" in word or Path(word).exists()


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="affinity_gw", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A gateway for stateful applications: every request reaches the process that holds its session.

    \b
    Examples:
      affinity-gw cfg.toml                              run
      affinity-gw check cfg.toml                        what is wrong, before it runs
      affinity-gw explain cfg.toml 'http://host/?wtd=wt1'   which server, and why
      affinity-gw haproxy.cfg                           run a configuration of HAProxy as it is
      affinity-gw convert haproxy.cfg -o cfg.toml       the same as TOML
    """  # noqa: D301 click's mark for "do not wrap"
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


_FILE = click.argument("file", type=click.Path(dir_okay=True), metavar="CFG")


@main.command()
@_FILE
@click.pass_context
def run(ctx: click.Context, file: str) -> None:
    """Serve until SIGTERM or SIGINT.

    \b
    Examples:
      affinity-gw cfg.toml
      affinity-gw run /etc/haproxy/haproxy.cfg

    A file whose name ends in .toml is the gateway's own; every other one is read as HAProxy 2.6 reads it. The access
    log goes to stdout, all else to stderr. SIGTERM and SIGINT finish what is under way within hard_stop_after; a second
    one leaves at once. SIGHUP reads the certificates again, SIGUSR1 opens log files anew. Exit status: 0 after an
    orderly stop; 1 a failure at run time; 2 the configuration cannot be used.
    """  # noqa: D301 as above
    config = _load(file)
    # Only this command needs event loops, parsers and processes: the others start in a quarter of the time.
    from affinity_gw.process.run import run as serve  # noqa: PLC0415

    try:
        ctx.exit(serve(config))
    except GatewayError as error:
        fail(str(error), status=1)


@main.command()
@_FILE
def check(file: str) -> None:
    """Say everything that is wrong with a configuration.

    Nothing is bound or started, so this works beside a running gateway. Exit status 0: usable, warnings or not; 2: not.
    What of HAProxy's file is left out is a warning: the gateway would run without it.

    \b
    Examples:
      affinity-gw check cfg.toml && systemctl restart affinity-gw
      affinity-gw check haproxy.cfg
    """  # noqa: D301 as above
    config = _load(file)
    for warning in config.warnings:
        warn(warning)
    servers = sum(len(backend.servers) for backend in config.backends)
    counts = [(len(config.frontends), "frontend"), (len(config.backends), "backend"), (servers, "server")]
    what = ", ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counts)
    click.echo(f"{click.format_filename(file)} can be used: {what}")


@main.command()
@_FILE
@click.argument("url")
@click.option("-X", "--method", default="GET", show_default=True, help="The request's method.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header field; repeatable.")
@click.option("--source", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where it comes from.")
@click.option("--frontend", metavar="NAME", help="The frontend that it reaches; else by the URL's port.")
@click.option("--down", multiple=True, metavar="BACKEND/SERVER", help="A server that is down; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def explain(
    file: str,
    url: str,
    method: str,
    headers: tuple[str, ...],
    source: str,
    frontend: str | None,
    down: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell which server a request would reach, and why, step by step. Nothing is sent.

    \b
    Examples:
      affinity-gw explain cfg.toml 'http://example.org/?wtd=wt1abc'
      affinity-gw explain cfg.toml /chat -H 'Cookie: SERVERID=b' --down chat/b
      affinity-gw explain cfg.toml /admin --source 192.168.10.7 -X POST --json
    """  # noqa: D301 as above
    config = _load(file)
    from affinity_gw import explain as explaining  # noqa: PLC0415  # the parser is slow to import

    try:
        fields = [_field(header) for header in headers]
        explanation = explaining.explain(
            config, url, method=method, fields=fields, source=source, frontend=frontend, down=down
        )
    except Problem as problem:
        fail(str(Complaint(problem.problem, problem.advice)))
    if as_json:
        click.echo(json.dumps(explanation.as_dict(), indent=2))
    else:
        for line in explanation.lines():
            click.echo(line)


@main.command()
def plugins() -> None:
    """List the installed extractors with their options.

    \b
    Options are written beside the extractor's name:
      affinity = [{ extractor = "cookie", name = "SERVERID", insert = true }]
    """  # noqa: D301 as above
    for name, origin, found in extractors.installed():
        if isinstance(found, Problem):
            click.echo(f"{click.style(name, fg='red', bold=True)}  ({origin})\n    {found.problem}")
        else:
            _plugin(name, origin, found)
        click.echo()


def _plugin(name: str, origin: str, extractor: type[Extractor]) -> None:
    click.echo(f'{click.style(name, bold=True)}  ({origin}; pin = "{extractor.default_pin}")')
    for line in inspect.cleandoc(extractor.__doc__ or "It says nothing about itself.").splitlines():
        click.echo(f"    {line}".rstrip())
    for option in extractors.options_of(extractor):
        default = "must be given" if option.default is MISSING else f"default {_toml(option.default)}"
        click.echo(f"      {option.name:<14} {option.kind}, {default}")


@main.command()
@click.option("--markdown", is_flag=True, help="As one table in Markdown.")
def options(markdown: bool) -> None:
    """List every option of a configuration with its default and its meaning."""
    click.echo(reference.markdown() if markdown else reference.plain(), nl=False)


@main.command()
@click.argument("file", type=click.Path(dir_okay=True), metavar="HAPROXY.CFG")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it; else stdout.")
@click.option("--idiomatic", is_flag=True, help="Say Wt's idiom (one backend a server) in the gateway's own words.")
@click.pass_context
def convert(ctx: click.Context, file: str, output: Path | None, idiomatic: bool) -> None:
    """Turn a configuration of HAProxy into TOML.

    \b
    Examples:
      affinity-gw convert haproxy.cfg
      affinity-gw convert /etc/haproxy/haproxy.cfg --idiomatic -o cfg.toml

    What was repaired or left out is said on stderr, with its line, and in comments. Exit status: 0 all carried over;
    1 something left out; 2 the file cannot be used, and nothing is written.
    """  # noqa: D301 as above
    ctx.exit(conversion.convert(file, output, idiomatic))


@main.command("hash-password")
@click.password_option(help="It is asked for where it is not given, which keeps it out of the shell's history.")
def hash_password(password: str) -> None:
    """Turn a password into what a userlist holds.

    \b
    Example:
      affinity-gw hash-password
      [userlist.private]
      user.alice = "$2b$10$…"
    """  # noqa: D301 as above
    from affinity_gw.config.userlists import hash_password  # noqa: PLC0415  # slow to import

    try:
        click.echo(hash_password(password))
    except Problem as problem:
        fail(str(Complaint(problem.problem, problem.advice)))


def _load(file: str) -> Config:
    try:
        return load_config(file)
    except ConfigError as error:
        refuse(error)


def _field(text: str) -> tuple[str, str]:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise Problem(f"{text!r} is not a header field", "write -H 'Name: value'")
    return match[1], match[2]


def _toml(value: Any) -> str:
    if value is None:
        return "none"
    return json.dumps(list(value) if isinstance(value, tuple) else value, default=str, ensure_ascii=False)
