"""Every answer of the HTTP API, byte for byte where the real server is deterministic."""

from __future__ import annotations

import socket

import httpx
import pytest
from tests.contract.toxiproxy.servers import Server, serving

PLAIN = "text/plain; charset=utf-8"


def test_the_version_is_the_one_body_with_a_charset(http: httpx.Client) -> None:
    answer = http.get("/version")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert answer.text == f'{{"version": "{answer.json()["version"]}"}}\n'


@pytest.mark.parametrize(
    "path", ["/nope", "/proxies/", "/proxies/a/b", "/metrics", "/", "/proxies/a/toxics/"]
)
def test_an_unknown_path_is_404_in_plain_text(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.text) == (404, "404 page not found\n")
    assert answer.headers["Content-Type"] == PLAIN
    assert "X-Toxiproxy-Request-Id" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/proxies"),
        ("HEAD", "/proxies"),
        ("OPTIONS", "/proxies"),
        ("GET", "/reset"),
        ("POST", "/version"),
    ],
)
def test_a_wrong_method_is_405_without_allow(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.text) == (405, "")
    assert "Allow" not in answer.headers


def test_double_slashes_are_redirected(http: httpx.Client) -> None:
    answer = http.get(str(http.base_url).rstrip("/") + "//proxies")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/proxies")


def test_browsers_are_not_served(http: httpx.Client) -> None:
    answer = http.get("/proxies", headers={"User-Agent": "Mozilla/5.0"})
    assert (answer.status_code, answer.text) == (403, "User agent not allowed\n")
    assert answer.headers["X-Toxiproxy-Request-Id"]


NO_JSON = [
    "",
    "  ",
    "{x",
    '{"name":"a"',
    "nope",
    '{"a":1,}',
    '{"a" "b"}',
    '{"a":tru}',
    '{"a":"\t"}',
    '{"a":"\\q"}',
]
NO_JSON += [
    "[1 2]",
    '{"a":-}',
    '{"a" 1}',
    "NaN",
    '{"a":Infinity}',
    '{"a":01}',
    '{"a":1.}',
    "'a'",
    "[" * 20_000,
]
PROXIES = [
    "[]",
    "5",
    '"x"',
    '{"name":1}',
    '{"name":"a","upstream":"b:1","enabled":"yes"}',
    '{"name":"a","listen":{}}',
]
TOXICS = [
    '{"type":5}',
    '{"type":"noop","name":[]}',
    '{"type":"noop","stream":true}',
    '{"type":"latency","attributes":5}',
    *(
        f'{{"type":"latency","toxicity":{wrong}}}'
        for wrong in ('"x"', "true", "[]", "1e39", "-1e39", "1e999")
    ),
    *(
        f'{{"type":"{kind}","attributes":{{"{name}":{wrong}}}}}'
        for kind, name in (("latency", "latency"), ("slicer", "average_size"), ("bandwidth", "rate"))
        for wrong in ("1.5", "1.0", "1e3", '"x"', "true", "9223372036854775808")
    ),
]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/proxies", body) for body in NO_JSON + PROXIES]
    + [("/proxies/p/toxics", body) for body in NO_JSON + TOXICS]
    + [("/proxies/p/toxics/there", body) for body in ['{"toxicity":"x"}', '{"toxicity":1e39}', "[]"]],
)
def test_a_bad_body_is_400_and_changes_nothing(http: httpx.Client, path: str, body: str) -> None:
    """The wording behind `bad request body: ` is that of a JSON parser, and nobody's interface."""
    http.post("/proxies", json={"name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"})
    http.post("/proxies/p/toxics", json={"type": "noop", "name": "there"})
    before = http.get("/proxies").text
    answer = http.post(path, content=body)
    assert answer.status_code == 400
    assert answer.text.endswith("}\n")
    assert (list(answer.json()), answer.json()["status"]) == (["error", "status"], 400)
    assert answer.json()["error"].startswith("bad request body: ")
    assert answer.headers["Content-Type"] == PLAIN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Toxiproxy-Request-Id"]
    assert http.get("/proxies").text == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/proxies", "{}", 400, "missing required field: name"),
        ("POST", "/proxies", "null", 400, "missing required field: name"),
        ("POST", "/proxies", '{"name":"a"}', 400, "missing required field: upstream"),
        (
            "POST",
            "/proxies",
            '{"name":"p","upstream":"a:1","listen":"127.0.0.1:0"}',
            409,
            "proxy already exists",
        ),
        ("GET", "/proxies/unknown", "", 404, "proxy not found"),
        ("PATCH", "/proxies/unknown", "{}", 404, "proxy not found"),
        ("DELETE", "/proxies/unknown", "", 404, "proxy not found"),
        ("GET", "/proxies/unknown/toxics", "", 404, "proxy not found"),
        ("GET", "/proxies/p/toxics/unknown", "", 404, "toxic not found"),
        ("PATCH", "/proxies/p/toxics/unknown", "{", 404, "toxic not found"),
        ("DELETE", "/proxies/p/toxics/unknown", "", 404, "toxic not found"),
        ("POST", "/proxies/p/toxics", '{"type":"nope"}', 400, "invalid toxic type"),
        (
            "POST",
            "/proxies/p/toxics",
            '{"type":"nope","stream":"sideways"}',
            400,
            "stream was invalid, can be either upstream or downstream",
        ),
        (
            "POST",
            "/proxies/p/toxics",
            '{"type":"noop","stream":""}',
            400,
            "stream was invalid, can be either upstream or downstream",
        ),
        ("POST", "/proxies/p/toxics", '{"type":"noop","name":"there"}', 409, "toxic already exists"),
        (
            "POST",
            "/proxies",
            '{"name":"a","upstream":"a:1","listen":"nonsense"}',
            500,
            "listen tcp: address nonsense: missing port in address",
        ),
        (
            "POST",
            "/proxies",
            '{"name":"a","upstream":"a:1","listen":"::1:1"}',
            500,
            "listen tcp: address ::1:1: too many colons in address",
        ),
        (
            "POST",
            "/proxies",
            '{"name":"a","upstream":"a:1","listen":"127.0.0.1:99999"}',
            500,
            "listen tcp: address 99999: invalid port",
        ),
        (
            "POST",
            "/proxies",
            '{"name":"a","upstream":"a:1","listen":"127.0.0.1:nosuchservice"}',
            500,
            "listen tcp: lookup tcp/nosuchservice: unknown port",
        ),
        (
            "POST",
            "/proxies",
            '{"name":"a","upstream":"a:1","listen":"192.0.2.1:1"}',
            500,
            "listen tcp 192.0.2.1:1: bind: cannot assign requested address",
        ),
        ("PATCH", "/proxies/p", '{"listen":"nonsense"}', 500, "address nonsense: missing port in address"),
    ],
)
def test_an_error_has_its_status_and_words(
    http: httpx.Client, method: str, path: str, body: str, status: int, message: str
) -> None:
    http.post("/proxies", json={"name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"})
    http.post("/proxies/p/toxics", json={"type": "noop", "name": "there", "stream": "upstream"})
    answer = http.request(method, path, content=body)
    assert (answer.status_code, answer.text) == (status, f'{{"error":"{message}","status":{status}}}\n')
    assert answer.headers["Content-Type"] == PLAIN


def test_a_listen_address_in_use_is_500(http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = http.post("/proxies", json={"name": "a", "listen": listen, "upstream": "a:1"})
        assert answer.status_code == 500
        assert answer.json()["error"] == f"listen tcp {listen}: bind: address already in use"
        assert http.get("/proxies").json() == {}, "a proxy that could not start must not be kept"


@pytest.mark.parametrize(
    ("listen", "answered"),
    [
        ("localhost:0", "127.0.0.1:"),
        ("LocalHost:0", "127.0.0.1:"),
        ("[127.0.0.1]:0", "127.0.0.1:"),
        ("127.0.0.1:", "127.0.0.1:"),
        ("[::1]:0", "[::1]:"),
        ("[::1%lo]:0", "[::1]:"),
        ("[::1%nosuch]:0", "[::1]:"),
        ("[::ffff:127.0.0.1]:0", "127.0.0.1:"),
    ],
)
def test_a_listen_address_is_answered_as_it_is_bound(http: httpx.Client, listen: str, answered: str) -> None:
    answer = http.post("/proxies", json={"name": "a", "listen": listen, "upstream": "a:1"})
    assert answer.status_code == 201
    assert answer.json()["listen"].startswith(answered)
    assert not answer.json()["listen"].endswith(":0")


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "127.0.0.01", "127.0.0.1%lo", "a b", "*", "a\0b", "é"]
)
def test_a_host_that_is_no_name_and_no_address_is_not_found(http: httpx.Client, host: str) -> None:
    answer = http.post("/proxies", json={"name": "a", "listen": f"{host}:0", "upstream": "a:1"})
    assert answer.status_code == 500
    assert answer.json()["error"].startswith(f"listen tcp: lookup {host}")
    assert answer.json()["error"].endswith("no such host")


def test_an_address_with_a_zone_is_bound_in_that_zone(http: httpx.Client) -> None:
    body = {"name": "a", "listen": "[fe80::1%lo]:0", "upstream": "a:1"}
    answer = http.post("/proxies", json=body)
    words = "listen tcp [fe80::1%lo]:0: bind: cannot assign requested address"
    assert (answer.status_code, answer.json()["error"]) == (500, words)


def test_an_empty_host_is_every_interface(server: Server) -> None:
    with serving(server.kind, "-host", "") as everywhere:
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(f"http://{host}:{everywhere.port}/version", trust_env=False).status_code == 200


def test_keys_are_read_in_any_case_and_only_the_first_value_counts(http: httpx.Client) -> None:
    body = '{"NAME":"p","Listen":"127.0.0.1:0","upSTREAM":"a:1","x":[1,{}],"enabled":null} garbage'
    answer = http.post("/proxies", content=body)
    assert answer.status_code == 201
    assert answer.json()["enabled"] is True


@pytest.mark.parametrize("escape", ["\\ud83d", "\\udca9x", "\\udca9\\ud83d"])
def test_half_of_a_surrogate_pair_is_replaced(http: httpx.Client, escape: str) -> None:
    answer = http.post("/proxies", content=f'{{"name":"{escape}","listen":"127.0.0.1:0","upstream":"a:1"}}')
    name = answer.json()["name"]
    assert (answer.status_code, set(name.replace("x", ""))) == (201, {"\ufffd"})
    assert http.get("/proxies").json().keys() == {name}


def test_a_body_that_is_no_utf8_is_read_as_far_as_it_is(http: httpx.Client) -> None:
    answer = http.post("/proxies", content=b'{"name":"a\xff","listen":"127.0.0.1:0","upstream":"a:1"}')
    assert (answer.status_code, answer.json()["name"]) == (201, "a\ufffd")


def test_names_are_escaped_in_json_and_in_paths(http: httpx.Client) -> None:
    answer = http.post("/proxies", json={"name": "<a&b> é", "listen": "127.0.0.1:0", "upstream": "a:1"})
    assert '"name":"\\u003ca\\u0026b\\u003e é"' in answer.text
    assert http.get("/proxies/%3Ca%26b%3E%20%C3%A9").text == answer.text
    assert http.delete("/proxies/%3Ca%26b%3E%20%C3%A9").status_code == 204
