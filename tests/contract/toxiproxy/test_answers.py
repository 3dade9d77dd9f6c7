"""Every answer of the HTTP API, byte for byte where the real server is deterministic."""

from __future__ import annotations

import socket

import httpx
import pytest

MISMATCH = "json: cannot unmarshal"
PLAIN = "text/plain; charset=utf-8"


def bad(reason: str) -> str:
    return f'{{"error":"bad request body: {reason}","status":400}}\n'


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


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/proxies", "", "EOF"),
        ("/proxies", "{x", "invalid character 'x' looking for beginning of object key string"),
        ("/proxies", '{"name":"a"', "unexpected EOF"),
        ("/proxies", "nope", "invalid character 'o' in literal null (expecting 'u')"),
        ("/proxies", '{"name":"a",}', "invalid character '}' looking for beginning of object key string"),
        ("/proxies", '{"name":"a" "b":1}', "invalid character '\\\"' after object key:value pair"),
        ("/proxies", '{"name":tru}', "invalid character '}' in literal true (expecting 'e')"),
        ("/proxies", '{"name":"a\tb"}', "invalid character '\\\\t' in string literal"),
        ("/proxies", '{"name":"\\q"}', "invalid character 'q' in string escape code"),
        ("/proxies", "[1 2]", "invalid character '2' after array element"),
        ("/proxies", '{"name":-}', "invalid character '}' in numeric literal"),
        ("/proxies", '{"a" 1}', "invalid character '1' after object key"),
        ("/proxies", "[]", "json: cannot unmarshal array into Go value of type toxiproxy.Proxy"),
        (
            "/proxies",
            '{"name":1}',
            "json: cannot unmarshal number into Go struct field Proxy.name of type string",
        ),
        (
            "/proxies",
            '{"name":"a","upstream":"b:1","enabled":"yes"}',
            "json: cannot unmarshal string into Go struct field Proxy.enabled of type bool",
        ),
        (
            "/proxies/p/toxics",
            '{"type":"latency","attributes":{"latency":1.5}}',
            f"{MISMATCH} number 1.5 into Go struct field LatencyToxic.attributes.latency of type int64",
        ),
        (
            "/proxies/p/toxics",
            '{"type":"latency","attributes":{"latency":"x"}}',
            f"{MISMATCH} string into Go struct field LatencyToxic.attributes.latency of type int64",
        ),
        (
            "/proxies/p/toxics",
            '{"type":"slicer","attributes":{"average_size":1.5}}',
            f"{MISMATCH} number 1.5 into Go struct field SlicerToxic.attributes.average_size of type int",
        ),
        (
            "/proxies/p/toxics",
            '{"type":"latency","attributes":5}',
            f"{MISMATCH} number into Go struct field ToxicWrapper.attributes of type toxics.NoopToxic",
        ),
        (
            "/proxies/p/toxics",
            '{"type":"latency","toxicity":"x"}',
            "json: cannot unmarshal string into Go struct field ToxicWrapper.toxicity of type float32",
        ),
        (
            "/proxies/p/toxics",
            '{"type":5}',
            "json: cannot unmarshal number into Go struct field ToxicWrapper.type of type string",
        ),
    ],
)
def test_a_bad_body_is_400_in_the_words_of_go(http: httpx.Client, path: str, body: str, reason: str) -> None:
    http.post("/proxies", json={"name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"})
    answer = http.post(path, content=body)
    assert (answer.status_code, answer.text) == (400, bad(reason))
    assert answer.headers["Content-Type"] == PLAIN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Toxiproxy-Request-Id"]


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


def test_keys_are_read_in_any_case_and_only_the_first_value_counts(http: httpx.Client) -> None:
    body = '{"NAME":"p","Listen":"127.0.0.1:0","upSTREAM":"a:1","x":[1,{}],"enabled":null} garbage'
    answer = http.post("/proxies", content=body)
    assert answer.status_code == 201
    assert answer.json()["enabled"] is True


def test_names_are_escaped_in_json_and_in_paths(http: httpx.Client) -> None:
    answer = http.post("/proxies", json={"name": "<a&b> é", "listen": "127.0.0.1:0", "upstream": "a:1"})
    assert '"name":"\\u003ca\\u0026b\\u003e é"' in answer.text
    assert http.get("/proxies/%3Ca%26b%3E%20%C3%A9").text == answer.text
    assert http.delete("/proxies/%3Ca%26b%3E%20%C3%A9").status_code == 204
