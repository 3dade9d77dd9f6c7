"""product.toml: what it may say, and the one message for what it may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from syncproof.systems.manifest import FILE, Manifest, ManifestError
from syncproof.systems.manifest_file import load, variants

GOOD = """
name = "my-notes"
[server]
command = ["./notes", "--port", "{port}", "--data", "{directory}", "--secret", "{secret}", "--beat", "{beat_s}"]
ready = "http://127.0.0.1:{port}/health"
settings = { beat_s = 5.0 }
[agent]
command = ["node", "agent.js", "{device}", "{directory}", "{control_port}", "{server}", "{secret}", "{retry_s}"]
env = { PORT = "{control_port}" }
settings = { retry_s = 2.0, page = 20 }
[log]
command = ["./notes", "export", "{group}", "{directory}", "{port}", "{secret}"]
[variant.encrypted.agent.settings]
retry_s = 4.0
"""


def manifest(folder: Path, text: str, variant: str = "") -> Manifest:
    (folder / FILE).write_text(text)
    return load(folder / FILE, variant)


def test_a_manifest_says_how_everything_starts(tmp_path: Path) -> None:
    found = manifest(tmp_path, GOOD)
    assert (found.system, found.folder, found.backlog) == ("my-notes", tmp_path, (1200, 24_000))
    assert found.agent.scaled(0.1, {"page": 5}) == {"retry_s": 0.2, "page": 5}


NODES = (
    GOOD
    + """
[node.shop]
command = ["./shop", "{port}", "{store}"]
ready = "http://127.0.0.1:{port}/health"
count = 2
links = ["store"]
[node.store]
command = ["valkey-server", "--port", "{port}"]
probe = "PING"
reply = "PONG"
"""
)


def test_nodes_are_called_by_their_tables_and_start_behind_those_that_they_link_to(tmp_path: Path) -> None:
    found = manifest(tmp_path, NODES)
    assert list(found.nodes) == ["relay", "store", "shop-1", "shop-2"]
    assert [found.leads_to("shop", place) for place in range(3)] == ["shop-1", "shop-2", "shop-1"]
    long = manifest(tmp_path, GOOD.replace("[server]", "[node.server]"))
    assert long == manifest(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("links", "first"),
    [('["relay"]', "relay"), ('["devices", "shop"]', "shop-1"), ('["devices"]', "")],
)
def test_devices_sync_through_the_first_node_that_they_link_to(
    tmp_path: Path, links: str, first: str
) -> None:
    agent = f'[agent]\nlinks = {links}\nprobe = "PING"\nreply = "PONG"'
    assert manifest(tmp_path, NODES.replace("[agent]", agent)).first_server == first


PEERS = """
name = "my-peers"
[agent]
command = ["./peer", "{directory}", "{control_port}"]
links = ["devices"]
ready = "http://{address}/health"
"""


def test_devices_that_are_linked_to_each_other_say_what_answers_at_the_end_of_a_link(tmp_path: Path) -> None:
    found = manifest(tmp_path, PEERS)
    assert found.links_devices_alone
    assert (found.agent_links, found.nodes) == ((), {})
    asked = found.agent.exchange("127.0.0.1:80", 100)
    assert (asked.request[:12], asked.replies) == (b"GET /health ", 2)
    with pytest.raises(ManifestError, match=r"\[agent\] needs `ready`"):
        manifest(tmp_path, PEERS.replace("ready", "#"))
    assert not manifest(tmp_path, GOOD).links_devices


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("[node.store]", "[node.Store]", "[node.Store]: a node's name is of small letters, and none of"),
        ("[node.store]", "[node.port]", "[node.port]: a node's name is of small letters, and none of"),
        ("[node.store]", "[node.server]", "[server] is short for [node.server]: it has both."),
        (
            'links = ["store"]',
            'links = ["sotre"]',
            "`links` in [node.shop] names 'sotre', and there is no such",
        ),
        ('reply = "PONG"', 'reply = "PONG"\nlinks = ["shop"]', "`links` of nodes go round: "),
        (
            'reply = "PONG"',
            'reply = "PONG"\nports = ["admin"]',
            "`ports` in [node.store] names 'admin', and its command has no {admin_port}.",
        ),
        (
            "[node.store]",
            '[node.store]\nports = ["Admin"]',
            "`ports` in [node.store] names 'Admin': further ports have names of small letters, and a `command`",
        ),
        (
            'command = ["valkey-server", "--port", "{port}"]\nprobe = "PING"\nreply = "PONG"',
            'command = ["s", "{port}", "{admin_port}"]\nports = ["admin"]\nready = "http://127.0.0.1:{admin_port}/"',
            "`ready` in [node.store] asks another port than `{port}`: it needs `probe` and `reply` for that one",
        ),
        ("count = 2", "count = 20", "`count` in [node.shop] is 20: from 1 to 9 can be started"),
        ("count = 2", "cuont = 2", "[node.NAME] has an unknown key `cuont`. Did you mean `count`?"),
        ("{store}", "{stroe}", "[node.shop] command has the placeholder {stroe}. Did you mean {store}?"),
        ('reply = "PONG"', "", "[node.store] needs both of `probe` and `reply`, or neither."),
        ('name = "my-notes"', 'name = "my-notes"\nlasts = "run"', "lasts is 'run', and nodes have links"),
        ("[agent]", '[agent]\nlinks = ["shops"]', "`links` in [agent] names 'shops'"),
    ],
)
def test_a_node_that_cannot_be_is_told(tmp_path: Path, line: str, instead: str, said: str) -> None:
    with pytest.raises(ManifestError, match=re.escape(said)):
        manifest(tmp_path, NODES.replace(line, instead, 1))


def test_a_variant_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    found = manifest(tmp_path, GOOD, "encrypted")
    assert found.system == "my-notes-encrypted"
    assert found.agent.settings == {"retry_s": 4.0, "page": 20}
    assert found.agent.command == load(tmp_path / FILE).agent.command
    assert variants(tmp_path / FILE) == ("encrypted",)


def test_a_variant_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"has no \[variant\.secret\]\. Its variants: encrypted\."):
        manifest(tmp_path, GOOD, "secret")


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('name = "my-notes"', "", "it lacks `name`."),
        ('name = "my-notes"', 'name = "My Notes"', "name is 'My Notes': it must be of small letters"),
        (
            'name = "my-notes"',
            'name = "my-notes"\nnmae = "x"',
            "it has an unknown key `nmae`. Did you mean `name`?",
        ),
        ('name = "my-notes"', 'name = "my-notes"\nfolder = "x"', "it has an unknown key `folder`."),
        (
            'name = "my-notes"',
            'name = "my-notes"\nlasts = "ever"',
            "lasts is 'ever': it must be 'file' or 'run'.",
        ),
        (
            'name = "my-notes"',
            'name = "my-notes"\nworkloads = ["mesages"]',
            "workloads names 'mesages'. Those that not every product has: adversarial,",
        ),
        ('name = "my-notes"', 'name = "my-notes"\ndriver = "driver.py"', "write it like 'driver.py:Driver'"),
        ('name = "my-notes"', "name =", "is not TOML"),
        (
            'command = ["node", ',
            'comand = ["node", ',
            "[agent] has an unknown key `comand`. Did you mean `command`?",
        ),
        (
            'command = ["node", ',
            'address = "127.0.0.1:1"\ncommand = ["node", ',
            "[agent] has an unknown key `address`. Known here: entry, command",
        ),
        ('command = ["node", ', 'urls = ["http://127.0.0.1:1"]\ncommand = ["node", ', "[agent] needs one of"),
        ('command = ["node", ', "command = 7 #", "`command` in [agent]: Expected a list, got `int`."),
        (
            "{control_port}",
            "{port}",
            "[agent] command has the placeholder {port}. Known there: {control_port}, {device}",
        ),
        ("{device}", "{devise}", "[agent] command has the placeholder {devise}. Did you mean {device}?"),
        ("{beat_s}", "{retry_s}", "[server] command has the placeholder {retry_s}."),
        (":{port}/health", ":{prt}/health", "[server] ready has the placeholder {prt}. Did you mean {port}?"),
        ("{group}", "{room}", "[log] command has the placeholder {room}."),
        ("[log]", '[profile]\nslack = "5"\n[log]', "'5' is not a duration"),
        ("[log]", '[profile]\nlarge_backlog = "many"\n[log]', "write it like '1,000 messages of 10 KB'"),
        ("[log]", "[profil]\n[log]", "it has an unknown key `profil`. Did you mean `profile`?"),
        ('ready = "http', 'ready_within = "soon"\nready = "http', "'soon' is not a duration"),
        ('ready = "http', "#", "[server] needs `ready`"),
        ('ready = "http', 'probe = "ping"\nready = "http', "[server] needs both of `probe` and `reply`"),
        (
            'command = ["./notes", "--port"',
            'address = "127.0.0.1"\n#',
            "`address` in [server] is '127.0.0.1'",
        ),
        (
            "[agent]\ncommand",
            '[agent]\nurls = ["127.0.0.1:8701"]\n#',
            "'127.0.0.1:8701' must be like 'http://127.0.0.1:8701'",
        ),
        (
            "[variant.encrypted.agent.settings]\nretry_s = 4.0",
            '[variant]\nx = "y"',
            "variants are tables, like [variant.NAME]",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, line: str, instead: str, said: str) -> None:
    assert line in GOOD
    with pytest.raises(ManifestError, match=re.escape(str(tmp_path / FILE)) + ".*" + re.escape(said)):
        manifest(tmp_path, GOOD.replace(line, instead))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"product\.toml cannot be read: No such file"):
        load(tmp_path / FILE)
