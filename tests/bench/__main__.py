"""The command line: which peers, which workloads, how long; progress on stderr, the table on stdout."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from tests.bench import report
from tests.bench.missing import missing
from tests.bench.peers import PEERS, REFERENCE, Peer
from tests.bench.processes import BenchError
from tests.bench.rounds import interleaved
from tests.bench.workloads import WORKLOADS, Workload

DEFAULT_PEERS = (REFERENCE, report.JUDGED)


def names(things: Iterable[Peer | Workload]) -> click.Choice[str]:
    return click.Choice([each.name for each in things])


def progress(sentence: str) -> None:
    click.echo(sentence, err=True)


def raise_file_limit() -> None:
    """Clients, and what the proxies inherit: every tunnel is two of their descriptors."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run(workloads: Sequence[Workload], peers: Sequence[Peer], rounds: int, seconds: float, json: Path | None) -> None:
    measurements = list(interleaved(workloads, peers, rounds, seconds, progress))
    found = report.rows(workloads, measurements)
    facts = report.versions(peers)
    click.echo("\n".join(f"{name}: {value}" for name, value in facts.items()) + "\n")
    click.echo(report.table(found))
    if json is not None:
        json.write_text(report.document(measurements, found, facts) + "\n")


@click.command(help=__doc__)
@click.option("--peer", "peer_names", multiple=True, type=names(PEERS), default=DEFAULT_PEERS, show_default=True)
@click.option("--workload", "workload_names", multiple=True, type=names(WORKLOADS), help="All, where none is named.")
@click.option("--rounds", default=5, show_default=True, help="Interleaved rounds.")
@click.option("--seconds", default=5.0, show_default=True, help="Load a peer in each round.")
@click.option("--json", type=click.Path(path_type=Path, dir_okay=False), help="Write all measurements to this file.")
def main(
    peer_names: Sequence[str], workload_names: Sequence[str], rounds: int, seconds: float, json: Path | None
) -> None:
    peers = [peer for peer in PEERS if peer.name in peer_names]
    workloads = [each for each in WORKLOADS if not workload_names or each.name in workload_names]
    if complaints := list(missing(peers)):
        raise click.ClickException("\n".join(complaints))
    raise_file_limit()
    try:
        run(workloads, peers, rounds, seconds, json)
    except BenchError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main(prog_name="python -m tests.bench")
