"""Presets: data that a user can read, copy and change."""

from affinity_gw_plugins.url_prefix import UrlPrefix

from affinity_gw.config import presets


def test_wt_is_what_its_server_needs(load, make_head):
    (backend,) = load('@F\n@B\naffinity = "wt"\n').backends
    assert [(entry.extractor, entry.pin) for entry in backend.affinity] == [(UrlPrefix("wtd", 16), "server")]
    assert backend.timeout_server > 2 * 50
    assert backend.timeout_tunnel > 2 * 50
    assert backend.timeout_server_idle < 10
    assert backend.drop_on_upgrade == ("Accept-Encoding",)
    assert backend.buffer_chunked_requests == 1 << 20
    assert backend.reuse_after_head is False
    assert backend.drop_request_headers == ("X-Wt-*", "X-SSL-Client-*")
    assert backend.abortonclose
    assert backend.pretend_keepalive
    assert backend.servers[0].check.request is None
    heads = [make_head("/?wtd=a"), make_head("/?wtd=a&request=ws"), make_head("/?wtd=a", "POST")]
    assert [backend.strip_lost_key(head, None) for head in heads] == [True, False, False]


def test_each_option_of_a_preset_has_its_reason():
    for name in presets.names():
        lines = (presets.DIRECTORY / f"{name}.toml").read_text(encoding="utf-8").splitlines()
        paragraphs = "\n".join(lines).split("\n\n")
        assert all(paragraph.startswith("#") for paragraph in paragraphs)


def test_the_sections_own_words_count_more_than_a_preset_and_that_more_than_defaults(load):
    (backend,) = load(
        '[defaults]\ntimeout.server = "50s"\nretries = 7\n@F\n@B\naffinity = "wt"\ntimeout.tunnel = "2h"\n'
    ).backends
    assert (backend.timeout_server, backend.timeout_tunnel, backend.retries) == (120.0, 7200.0, 7)


def test_a_preset_may_be_a_file_of_the_users(load, tmp_path):
    (tmp_path / "mine.toml").write_text('affinity = [{ extractor = "source_ip" }]\nretries = 9\n', encoding="utf-8")
    (backend,) = load('@F\n@B\naffinity = "mine.toml"\n').backends
    assert (backend.affinity[0].name, backend.retries) == ("source_ip", 9)


def test_a_preset_in_defaults_holds_for_backends_without_affinity(load):
    one, other = load(
        '[defaults]\naffinity = "wt"\n@F\n@B\n[backend.c]\nserver.s1 = "127.0.0.1:1"\n'
        'affinity = [{ extractor = "source_ip" }]\n'
    ).backends
    assert (one.affinity[0].name, one.reuse_after_head) == ("url_prefix", False)
    assert (other.affinity[0].name, other.reuse_after_head) == ("source_ip", True)


def test_a_preset_that_does_not_exist_is_a_complaint(complaints, tmp_path):
    found = complaints(
        '@F\n@B\naffinity = "wtt"\n[backend.c]\nserver.a = "127.0.0.1:1"\naffinity = "cookie"\n'
        '[backend.d]\nserver.a = "127.0.0.1:1"\naffinity = "my.toml"\n'
    )
    assert found == [
        '6 [backend.b] affinity: there is no preset "wtt"; did you mean "wt"?',
        (
            '9 [backend.c] affinity: there is no preset "cookie"; there is wt; '
            'for one extractor write affinity = [{ extractor = "cookie" }]'
        ),
        f'12 [backend.d] affinity: there is no preset file "my.toml"; it is looked for in {tmp_path}',
    ]


def test_what_is_wrong_in_a_preset_is_said_with_its_own_line_and_once(complaints, tmp_path):
    (tmp_path / "mine.toml").write_text('retries = "x"\naffinity = [\n  { extractor = "nix" }]\n', encoding="utf-8")
    text = '@F\n@B\naffinity = "mine.toml"\n[backend.c]\nserver.a = "127.0.0.1:1"\naffinity = "mine.toml"\n'
    assert complaints(text) == [
        'mine.toml:1 retries: "x" is not a whole number; write a number from 0 on',
        (
            'mine.toml:3 affinity[0].extractor: there is no extractor "nix"; '
            "there is cookie, header, path, source_ip and url_prefix"
        ),
    ]


def test_a_preset_with_a_syntax_error_is_one_complaint(complaints, tmp_path):
    (tmp_path / "mine.toml").write_text("retries = x\n", encoding="utf-8")
    assert complaints('@F\n@B\naffinity = "mine.toml"\n') == [
        "mine.toml:1 retries: the value of retries cannot be read; strings, durations and addresses stand in quotes"
    ]


def test_a_preset_names_no_other(complaints, tmp_path):
    (tmp_path / "mine.toml").write_text('affinity = "wt"\n', encoding="utf-8")
    assert complaints('@F\n@B\naffinity = "mine.toml"\n') == ["mine.toml:1 affinity: a preset cannot name another one"]
