"""A game: the instance has thought of a number, another one for each visitor."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from . import html
from .memory import Memory

HIGHEST = 100
FORM = (
    f'<form method="post"><input name="guess" type="number" min="1" max="{HIGHEST}" aria-label="guess" autofocus'
    " required><button>Guess</button></form>"
)


@dataclass(slots=True)
class Round:
    number: int = field(default_factory=lambda: secrets.randbelow(HIGHEST) + 1)
    guesses: list[int] = field(default_factory=list)

    def verdict(self, guess: int) -> str:
        if guess == self.number:
            return f"{guess}: found!"
        return f"{guess} is too {'low' if guess < self.number else 'high'}."


def make_site(instance: str) -> WSGIApplication:
    memory = Memory(Round)

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        game, fields = memory.session(environ)
        if environ["REQUEST_METHOD"] == "POST":
            guess = html.field(environ, "guess")
            if guess.isascii() and guess.isdigit():
                game.guesses.append(int(guess))
            return html.back(start_response, fields)
        told = "".join(f"<li>{game.verdict(guess)}</li>" for guess in game.guesses)
        title = f"A number from 1 to {HIGHEST}"
        return html.page(start_response, fields, title, f"{FORM}<ol>{told}</ol>", instance)

    return site
