"""Toxics in the HTTP API: defaults, names, merging, order."""

from __future__ import annotations

import httpx
import pytest

PATH = "/proxies/p/toxics"


@pytest.fixture
def toxics(http: httpx.Client) -> httpx.Client:
    http.post("/proxies", json={"name": "p", "listen": "127.0.0.1:0", "upstream": "a:1"})
    return http


def test_create_answers_200_and_the_toxic_with_its_defaults(toxics: httpx.Client) -> None:
    answer = toxics.post(PATH, json={"type": "latency"})
    expected = (
        '{"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency",'
        '"stream":"downstream","toxicity":1}'
    )
    assert (answer.status_code, answer.text) == (200, expected)
    assert answer.headers["Content-Type"] == "application/json"
    assert toxics.get(f"{PATH}/latency_downstream").text == expected
    assert toxics.get(PATH).text == f"[{expected}]"


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("noop", {}),
        ("latency", {"latency": 5, "jitter": 2}),
        ("bandwidth", {"rate": 10}),
        ("slow_close", {"delay": 7}),
        ("timeout", {"timeout": 8}),
        ("reset_peer", {"timeout": 9}),
        ("slicer", {"average_size": 64, "size_variation": 32, "delay": 10}),
        ("limit_data", {"bytes": 11}),
    ],
)
def test_every_kind_has_its_attributes(toxics: httpx.Client, kind: str, attributes: dict[str, int]) -> None:
    toxic = toxics.post(PATH, json={"type": kind, "attributes": {**attributes, "unknown": "x"}}).json()
    assert (toxic["type"], toxic["attributes"]) == (kind, attributes)


@pytest.mark.parametrize("stream", ["upstream", "downstream", "DownStream", "UPSTREAM"])
def test_the_stream_is_echoed_as_given(toxics: httpx.Client, stream: str) -> None:
    toxic = toxics.post(PATH, json={"type": "noop", "stream": stream}).json()
    assert (toxic["stream"], toxic["name"]) == (stream, f"noop_{stream}")


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ("2.5", "2.5"),
        ("-1", "-1"),
        ("0.3", "0.3"),
        ("1.0", "1"),
        ("0", "0"),
        ("-0", "-0"),
        ("-0.0", "-0"),
        ("0.1234567891", "0.12345679"),
        ("16777217", "16777216"),
        ("0.00005", "0.00005"),
        ("1.23e-6", "0.00000123"),
        ("1e-7", "1e-7"),
        ("1.5e-12", "1.5e-12"),
        ("1e-50", "0"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("3.4028235e38", "3.4028235e+38"),
    ],
)
def test_toxicity_is_not_judged_and_echoed_as_a_float32(
    toxics: httpx.Client, given: str, echoed: str
) -> None:
    answer = toxics.post(PATH, content=f'{{"type":"noop","toxicity":{given}}}')
    assert answer.status_code == 200
    assert answer.text.endswith(f'"toxicity":{echoed}}}')


def test_names_are_unique_across_both_streams(toxics: httpx.Client) -> None:
    toxics.post(PATH, json={"type": "noop", "name": "same", "stream": "upstream"})
    answer = toxics.post(PATH, json={"type": "latency", "name": "same", "stream": "downstream"})
    assert answer.status_code == 409


def test_upstream_toxics_are_listed_first_each_in_order_of_creation(toxics: httpx.Client) -> None:
    for name, stream in (("d1", "downstream"), ("u1", "upstream"), ("d2", "downstream"), ("u2", "upstream")):
        toxics.post(PATH, json={"type": "noop", "name": name, "stream": stream})
    assert [toxic["name"] for toxic in toxics.get(PATH).json()] == ["u1", "u2", "d1", "d2"]
    assert [toxic["name"] for toxic in toxics.get("/proxies/p").json()["toxics"]] == ["u1", "u2", "d1", "d2"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_update_merges_attributes_and_toxicity_and_ignores_the_rest(
    toxics: httpx.Client, method: str
) -> None:
    toxics.post(PATH, json={"type": "latency", "attributes": {"latency": 1, "jitter": 2}})
    changes = {
        "attributes": {"latency": 3},
        "toxicity": 0.5,
        "name": "x",
        "type": "noop",
        "stream": "upstream",
        "jitter": 9,
    }
    answer = toxics.request(method, f"{PATH}/latency_downstream", json=changes)
    assert answer.status_code == 200
    assert answer.json() == {
        "attributes": {"latency": 3, "jitter": 2},
        "name": "latency_downstream",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 0.5,
    }


def test_a_flat_update_changes_nothing(toxics: httpx.Client) -> None:
    toxics.post(PATH, json={"type": "latency", "attributes": {"latency": 1}})
    answer = toxics.patch(f"{PATH}/latency_downstream", json={"latency": 5})
    assert answer.json()["attributes"]["latency"] == 1


def test_delete_answers_204_without_a_body(toxics: httpx.Client) -> None:
    toxics.post(PATH, json={"type": "noop"})
    answer = toxics.delete(f"{PATH}/noop_downstream")
    assert (answer.status_code, answer.content) == (204, b"")
    assert toxics.get(PATH).json() == []
