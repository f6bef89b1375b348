"""What README shows is true: its commands, configurations, programs, tables and links."""

import inspect
import json
import re
import subprocess
import tomllib

import pytest
from click.testing import CliRunner

from affinity_gw.cli import main
from affinity_gw.config import reference
from affinity_gw.config.load import load_file
from tests.house.reading import ROOT
from tests.house.test_layers import STAIRS
from tests.tls.making import pem

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def outside_blocks():
    return re.sub(r"^```\w*\n.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)


TOML, PYTHON, CONSOLE = blocks("toml"), blocks("python"), blocks("console")


def test_it_has_something_to_try():
    assert len(TOML) >= 2
    assert len(PYTHON) >= 2
    assert len(CONSOLE) >= 3


class TestBeginning:
    def test_it_says_what_it_is_in_three_sentences(self):
        first = README.split("\n\n")[1]
        assert len(re.findall(r"[.!?](?=\s|$)", first)) == 3

    @pytest.mark.parametrize("command", CONSOLE[:2], ids=["run", "test"])
    def test_the_two_commands_are_one_line_each_and_bring_their_own_environment(self, command):
        assert command.count("\n") == 1
        assert re.match(r"(\$ )?python3 -m venv \.venv && \.venv/bin/pip install ", command)
        assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0

    def test_the_first_one_starts_the_example(self):
        assert CONSOLE[0].rstrip().endswith("-m affinity_gw examples/wt/cfg.toml")

    def test_the_second_one_runs_the_tests_and_is_what_continuous_integration_runs(self):
        assert "pytest" in CONSOLE[1]
        script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        program = re.search(r"^    awk '(.*?)' README\.md$", script, re.MULTILINE | re.DOTALL)[1]
        found = subprocess.run(["awk", program, "README.md"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == CONSOLE[1].strip().removeprefix("$ ")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where a reader tries things out, beside the smallest configuration."""
    (tmp_path / "cfg.toml").write_text(TOML[0], encoding="utf-8")
    (tmp_path / "static").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", TOML, ids=lambda text: text.splitlines()[0])
def test_a_configuration_can_be_used_without_a_warning(folder, text):
    (folder / "cfg.toml").write_text(text, encoding="utf-8")
    (folder / "certs").mkdir()
    for name in ("site.pem", "certs/other.pem"):
        pem(folder / name, "a.example")
    assert load_file(folder / "cfg.toml").warnings == ()


def test_the_smallest_configuration_has_ten_lines_at_most():
    assert len(TOML[0].splitlines()) <= 10


def test_what_explain_prints_is_what_it_prints(folder):
    command, _, printed = next(block for block in CONSOLE if " explain " in block).partition("\n")
    words = re.findall(r"'([^']*)'|(\S+)", command.partition("affinity_gw ")[2])
    result = CliRunner().invoke(main, [quoted or plain for quoted, plain in words])
    assert result.stdout.strip() == printed.strip()


def test_what_convert_makes_of_haproxys_file_is_what_it_makes(folder):
    (before,) = blocks("haproxy")
    (after,) = [text for text in TOML if "# line" in text]
    (folder / "haproxy.cfg").write_text(before, encoding="utf-8")
    result = CliRunner().invoke(main, ["convert", "haproxy.cfg", "--idiomatic"])
    assert result.exit_code == 0
    assert after.strip() in result.stdout
    assert CliRunner().invoke(main, ["check", "haproxy.cfg"]).exit_code == 0


LEFT_OUT = re.findall(
    r"^\| `([^`]+)` \| ", README.partition("| left out | because |")[2].partition("\n\n")[0], re.MULTILINE
)


@pytest.mark.parametrize("directive", LEFT_OUT)
def test_what_convert_is_said_to_leave_out_it_names_and_leaves_out(folder, directive):
    (before,) = blocks("haproxy")
    (folder / "haproxy.cfg").write_text(f"{before}    {directive}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["convert", "haproxy.cfg"])
    assert result.exit_code == 1
    assert f"Left out: line {before.count(chr(10)) + 1}, {directive.split()[0]}" in result.stdout


def test_it_says_what_is_left_out():
    assert LEFT_OUT


class TestPrograms:
    @pytest.mark.parametrize("text", PYTHON, ids=range(len(PYTHON)))
    def test_it_compiles(self, text):
        compile(text, "README.md", "exec")

    def test_the_extractor_works_as_a_file_beside_the_configuration(self, folder):
        (program,) = [text for text in PYTHON if "(Extractor)" in text]
        words = re.search(r"affinity = (\[\{ extractor = \"(\w+\.py):\w+\" \}\])", README)
        (folder / words[2]).write_text(program, encoding="utf-8")
        assert 'affinity = "wt"' in TOML[0]
        text = TOML[0].replace('affinity = "wt"', words[0])
        assert tomllib.loads(text)
        (folder / "cfg.toml").write_text(text, encoding="utf-8")

        def explain(*options):
            result = CliRunner().invoke(main, ["explain", "cfg.toml", "/", "--json", *options])
            assert result.exit_code == 0, result.output
            return json.loads(result.stdout)

        tenants = [explain("-H", f"X-Tenant: {name}") for name in "abcdefgh"]
        assert {(found["pin"], found["extractor"]) for found in tenants} == {("hit", words[0].split('"')[1])}
        assert [found["key"] for found in tenants] == list("abcdefgh")
        assert {found["server"] for found in tenants} == {"wt/wt1", "wt/wt2"}
        assert explain()["pin"] == "none"

    async def test_the_gateway_starts_inside_a_program(self, capsys):
        (program,) = [text for text in PYTHON if "import Gateway" in text]
        names = {}
        exec(compile(program, "README.md", "exec"), names)  # our own manual
        (work,) = [each for each in names.values() if inspect.iscoroutinefunction(each)]
        await work()
        assert re.match(r"\['127\.0\.0\.1:\d+'\]\n", capsys.readouterr().out)


class TestTables:
    def test_every_option_is_listed_as_the_command_line_lists_them(self):
        listed = re.search(r"<!-- options -->\n+(.*?)\n+<!-- /options -->", README, re.DOTALL)[1]
        expected = reference.markdown().strip()
        assert listed == expected, "paste what `python -m affinity_gw options --markdown` prints"

    def test_tables_are_whole(self):
        for table in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE):
            columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(columns) == 1, table.splitlines()[0]


def anchor(heading):
    """As GitHub makes them: lower case, punctuation gone, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class TestLinks:
    HEADINGS = re.findall(r"^##+ (.+)$", outside_blocks(), re.MULTILINE)
    LINKS = re.findall(r"\]\(([^)\s]+)\)", outside_blocks())

    def test_the_table_of_contents_names_every_section_in_order(self):
        contents = re.findall(r"^- \[([^\]]+)\]\(#([^)]+)\)$", README, re.MULTILINE)
        assert contents == [(heading, anchor(heading)) for heading in self.HEADINGS]

    @pytest.mark.parametrize("link", sorted({link for link in LINKS if not re.match(r"\w+:", link)}))
    def test_a_link_leads_somewhere(self, link):
        path, _, section = link.partition("#")
        assert (ROOT / path).exists()
        assert not section or section in map(anchor, self.HEADINGS)

    def test_the_picture_is_there(self):
        assert re.search(r"!\[[^\]]+\]\([\w/]+\.png\)", README)


class TestHouse:
    def test_the_stairs_are_those_that_hold(self):
        assert " → ".join(STAIRS) in README

    def test_the_rooms_are_there(self):
        tree = re.search(r"^    affinity_gw/\n((?:    .*\n)+)", README, re.MULTILINE)[1]
        inside = re.findall(r"^      ([\w/.]+)", tree, re.MULTILINE)
        beside = re.findall(r"^    ([\w/.]+)", tree, re.MULTILINE)
        assert len(inside) >= 6
        assert all((ROOT / "affinity_gw" / name).exists() for name in inside)
        assert all((ROOT / name).exists() for name in beside)


def test_nothing_is_left_to_fill_in():
    assert re.findall(r"@[A-Z_]+@|\bTODO\b|\bTBD\b|\bXXX\b", README) == []
