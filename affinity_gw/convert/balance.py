"""``balance`` and ``hash-type``: who gets a request that no key pins.

The words are those of TOML, but that HAProxy passes over what stands behind most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import whole_number
from affinity_gw.convert.sections import Context, Directive, spelt_all
from affinity_gw.routing.balancewords import BALANCES, WordError, read_balance, read_hash_type

_LENIENT = ("roundrobin", "static-rr", "leastconn", "first", "source", "random", "random()")
_LATER = {
    "rdp-cookie": "the cookie of the remote desktop protocol is not looked at",
    "hash": "no expression is hashed",
}
_LARGEST_FACTOR = 65535


def _balance(context: Context) -> None:
    """HAProxy's default is roundrobin, also where no word follows."""
    if context.ignored_here("backend"):
        return
    words = [*context.words[1:]] or [Word("roundrobin")]
    kind = words[0].partition("(")[0]
    if kind in _LATER:
        if words == ["hash"]:
            raise Problem("balance hash wants an expression", 'write "balance source" or "balance uri"')
        context.leave_out(f"{_LATER[kind]}; servers take turns", 'write "balance source", or an affinity')
    else:
        context.say("balance", _spelling(context, words))


def _spelling(context: Context, words: Sequence[Word]) -> str:
    if words[0] == "url_param" and words[2:3] == ["check_post"]:
        context.leave_out("check_post: the parameter is looked for in the query alone, not in the body of a POST")
        words = words[:2]
    elif words[0] in _LENIENT or words[0].startswith("random("):
        words = _without_surplus(context, words)
    _checked(read_balance, words)
    return " ".join(spelt_all(words))


def _without_surplus(context: Context, words: Sequence[Word]) -> list[Word]:
    first = Word("random") if words[0] == "random()" else words[0]
    if len(words) > 1:
        surplus = " ".join(words[1:])
        draws = first == "random"
        context.warn(
            f'HAProxy passes over "{surplus}"' + ("; it draws 2" if draws else ""),
            f'write "balance random({words[-1]})"' if draws and words[-1].isdecimal() else "take it out",
        )
    return [first]


def _checked(read: Callable[[str], object], words: Sequence[str]) -> None:
    try:
        read(" ".join(words))
    except WordError as error:
        known = [word for word in error.known if word != "sqf"]
        raise Problem(error.problem, error.advice or suggestion(error.word, known)) from None
    if words[0] == "sqf":
        raise Problem('"sqf" is no balance of HAProxy', suggestion("", [word for word in BALANCES if word != "sqf"]))


def _random(context: Context) -> None:
    """``random draw 2`` on a line of its own stands in tutorials, and no HAProxy ever read it."""
    draws = context.words[2] if len(context.words) == 3 and context.words[1] == "draw" else "2"
    if "backend" not in context.section.tables:
        raise Problem(f'"{context.words[0]}" is unknown', 'write "balance random(2)" in a backend')
    meant = f"random({draws})"
    _checked(read_balance, [meant])
    context.say("balance", meant)
    context.repaired(f'HAProxy has no directive "random"; it becomes balance = "{meant}"')


def _hash_type(context: Context) -> None:
    if context.ignored_here("backend"):
        return
    words = context.words[1:]
    if len(words) > 3:
        context.warn(f'HAProxy passes over "{" ".join(words[3:])}"', "take it out")
        words = words[:3]
    _checked(read_hash_type, words or [""])
    context.say("hash_type", " ".join(spelt_all(words)))


def _hash_balance_factor(context: Context) -> None:
    if context.ignored_here("backend"):
        return
    factor = whole_number(context, context.argument(1, "a percentage"), "hash-balance-factor")
    if factor != 0 and factor <= 100:
        raise Problem(f"{factor} leaves no server more than its share", "write 0 for no bound, or more than 100")
    context.say("hash_balance_factor", min(factor, _LARGEST_FACTOR))


BALANCE: Mapping[str, Directive] = {
    "balance": _balance,
    "random": _random,
    "hash-type": _hash_type,
    "hash-balance-factor": _hash_balance_factor,
}
