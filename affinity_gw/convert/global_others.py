"""What ``global`` says that the gateway has no word for: each with its reason.

Silent is what changes nothing for a client: it gets a warning, and does not count as left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.convert.sections import Context, Directive

_SILENT = {
    "quiet": "how the process talks to its terminal is not carried over",
    "debug": "how the process talks to its terminal is not carried over",
    "zero-warning": "warnings do not keep the gateway from starting",
    "strict-limits": "a limit of open files that cannot be had is a warning",
    "master-worker": "one process serves, without a master",
    "mworker-max-reloads": "one process serves, without a master",
    "localpeer": "there are no peers",
    "spread-checks": "checks are spread by 5 % always",
    "max-spread-checks": "checks are spread by 5 % always",
    "close-spread-time": "idle connections are closed at once at a stop",
    "grace": "listeners are closed at once at a stop",
    "cpu-map": "processes are not bound to cores",
    "numa-cpu-mapping": "processes are not bound to cores",
    "thread-group": "one process serves, in one thread",
    "thread-groups": "one process serves, in one thread",
    "busy-polling": "the event loop waits in the kernel",
    "noepoll": "the event loop chooses by itself",
    "nokqueue": "the event loop chooses by itself",
    "noevports": "the event loop chooses by itself",
    "nopoll": "the event loop chooses by itself",
    "nosplice": "there is no splicing to switch off",
    "nogetaddrinfo": "names are looked up as the system does",
    "noreuseport": "one process listens",
    "no-memory-trimming": "Python keeps its memory",
    "maxpipes": "there are no pipes to limit",
    "maxcomprate": "answers are not compressed",
    "maxcompcpuusage": "answers are not compressed",
    "maxzlibmem": "answers are not compressed",
    "description": "it describes, and changes nothing",
    "node": "it names this machine to statistics pages, which there are none of",
    "profiling.memory": "there is no profile",
    "profiling.tasks": "there is no profile",
    "set-dumpable": "core dumps are the system's business",
    "insecure-fork-wanted": "nothing is forked while it serves",
    "insecure-setuid-wanted": "nothing is started while it serves",
    "h1-case-adjust": "names of fields keep their case",
    "h1-case-adjust-file": "names of fields keep their case",
    "cluster-secret": "HTTP/3 is not spoken",
    "httpclient.resolvers.id": "there is no client of HTTP for scripts",
    "httpclient.resolvers.prefer": "there is no client of HTTP for scripts",
    "httpclient.ssl.ca-file": "there is no client of HTTP for scripts",
    "httpclient.ssl.verify": "there is no client of HTTP for scripts",
    "pp2-never-send-local": "the PROXY protocol is not spoken",
    "ssl-mode-async": "OpenSSL works in one thread",
    "ssl-dh-param-file": "OpenSSL chooses by itself",
    "ssl-load-extra-del-ext": "a certificate and its key stand in one file",
    "default-path": "relative paths start where the gateway was started",
    "unix-bind": "the rights of sockets are those of the umask",
}

_PATHS = ("paths of certificates stand where they are used", "write them as a whole")
_AT_BINDS = ("TLS options stand at each bind", "write them there")
_AT_SERVERS = ("TLS options stand at each server", "write them there")
_ENGINE = ("engines and providers of OpenSSL are those of the system", "")
_LUA = ("there is no Lua", "write an extractor in Python")
_RATES = ("there is no limit a second", "")

_LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "stats": ("there is no statistics socket", "use the access log"),
    "ca-base": _PATHS,
    "crt-base": _PATHS,
    "issuers-chain-path": _PATHS,
    "ssl-load-extra-files": ("a certificate and its key stand in one file", "put them into one"),
    "ssl-default-bind-ciphers": _AT_BINDS,
    "ssl-default-bind-ciphersuites": _AT_BINDS,
    "ssl-default-bind-curves": _AT_BINDS,
    "ssl-default-bind-options": _AT_BINDS,
    "ssl-default-server-ciphers": _AT_SERVERS,
    "ssl-default-server-ciphersuites": _AT_SERVERS,
    "ssl-default-server-options": _AT_SERVERS,
    "ssl-server-verify": ("whether certificates are verified is said at each server", "write verify there"),
    "ssl-skip-self-issued-ca": ("chains are sent as they stand in the file", ""),
    "ssl-engine": _ENGINE,
    "ssl-propquery": _ENGINE,
    "ssl-provider": _ENGINE,
    "ssl-provider-path": _ENGINE,
    "lua-load": _LUA,
    "lua-load-per-thread": _LUA,
    "lua-prepend-path": _LUA,
    "maxconnrate": _RATES,
    "maxsessrate": _RATES,
    "maxsslrate": _RATES,
    "maxsslconn": ("there is no limit of its own for TLS", "maxconn counts them too"),
    "log-send-hostname": ("lines carry no host's name", "log with the form rfc5424"),
    "external-check": ("checks cannot run programs", "write an HTTP check"),
    "server-state-base": ("servers begin anew", "checks find out in seconds"),
    "server-state-file": ("servers begin anew", "checks find out in seconds"),
    "set-var": ("there are no variables", ""),
    "set-var-fmt": ("there are no variables", ""),
    "h1-accept-payload-with-any-method": ("bodies are passed on whatever the method", ""),
}


def _silent(reason: str) -> Directive:
    return lambda context: context.warn(reason)


def _left_out(reason: str, advice: str) -> Directive:
    def read(context: Context) -> None:
        if not context.negated:
            context.leave_out(reason, advice)

    return read


OTHER: Mapping[str, Directive] = {
    **{word: _silent(reason) for word, reason in _SILENT.items()},
    **{word: _left_out(*words) for word, words in _LEFT_OUT.items()},
}
"""By the first word."""

NEGATABLE = frozenset({"busy-polling", "set-dumpable", "insecure-fork-wanted", "numa-cpu-mapping", "strict-limits"})
"""What ``no`` may stand before."""
