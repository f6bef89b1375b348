"""The project speaks of itself alone, and every module says at its head what it is about."""

import ast
import re
import subprocess

import pytest

from tests.house.reading import PACKAGES, ROOT, identify, sources, tree

TEXTS = {".py", ".toml", ".md", ".js", ".css", ".html", ".xml", ".cfg", ".lua", ".yml", ".yaml", ".sh", ""}


def tracked():
    """Every text of the repository; where this is not a repository, every text that lies in it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\0") if listed.returncode == 0 else [str(path) for path in ROOT.glob("*/**/*.*")]
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.suffix in TEXTS and path.is_file() and path.name != "LICENSE"]


WORKPLACE = [
    r"\b(design|haproxy|wt|security|performance|houses|session_keys|DEVELOPERS)\.md\b",
    r"\bfacts/",
    r"\bissues?\b(?!\()",
    r"(?<![\w.])/work/",
    r"(?<![\w.])/root/",
    r"\b(the|this|my|your) brief\b",
    r"\bsub-?agents?\b",
    r"\b(Claude|ChatGPT|Copilot|LLM)\b",
    r"\bas an? (AI|assistant)\b",
]
"""Words of the place where somebody worked, which mean nothing to a reader of the house."""


@pytest.mark.parametrize("word", WORKPLACE)
def test_no_word_of_the_workplace(word):
    places = [
        f"{identify(path)}:{number}: {line.strip()}"
        for path in tracked()
        if path.name != "test_words.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(word, line, re.IGNORECASE)
    ]
    assert places == []


def test_these_words_would_be_found():
    samples = [
        "see design.md",
        "facts/wt",
        "issue 2",
        "/work/x",
        "/root/x",
        "the brief",
        "subagents",
        "LLM",
        "as an AI",
    ]
    for pattern, sample in zip(WORKPLACE, samples, strict=True):
        assert re.search(pattern, sample, re.IGNORECASE), pattern


MODULES = [*(path for package in PACKAGES for path in sources(package)), *sorted((ROOT / "examples").rglob("*.py"))]


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_a_modules_head_says_what_it_is_about(path):
    head = ast.get_docstring(tree(path))
    assert head, "it has no docstring"
    first = head.split("\n\n", maxsplit=1)[0].strip()
    assert re.match(r"[A-Z`\"0-9]", first), first
    assert first[-1] in ".:?!`", first


def public(path):
    """Functions, classes and methods that others use, of a module that others use."""
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("path", sources("affinity_gw_plugins"), ids=identify)
def test_an_extractor_says_what_it_does(path):
    assert all(ast.get_docstring(node) for node in public(path) if isinstance(node, ast.ClassDef))
