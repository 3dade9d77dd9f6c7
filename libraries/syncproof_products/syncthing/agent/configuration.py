"""Syncthing's own configuration: nothing goes beyond this machine, and only links that were asked for are used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from syncproof_products.syncthing.agent.identity import Identity

#: The oldest release that is used has this version of the file; later ones bring it up to theirs.
_VERSION = "35"
#: The shortest that Syncthing allows, seconds.
_RECONNECT_S = 5
#: Nobody answers there: a release candidate reports how it is used, whatever it is told.
_NOWHERE = "http://127.0.0.1:9"
_OPTIONS = {
    "globalAnnounceEnabled": "false",
    "localAnnounceEnabled": "false",
    "announceLANAddresses": "false",
    "relaysEnabled": "false",
    "natEnabled": "false",
    "stunKeepaliveStartS": "0",
    "urAccepted": "-1",
    "autoUpgradeIntervalH": "0",
    "crashReportingEnabled": "false",
    "urURL": _NOWHERE,
    "crashReportingURL": _NOWHERE,
    "releasesURL": _NOWHERE,
    "startBrowser": "false",
    "reconnectionIntervalS": str(_RECONNECT_S),
    # It would leave the process group of its agent.
    "setLowPriority": "false",
}


def write(home: Path, own: Identity, device: str, peer_port: int, rest_port: int, api_key: str) -> None:
    """Write what Syncthing reads at its first start, with its key; what it has kept since then stays."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = home / "config.xml"
    if file.exists():
        return
    (home / "key.pem").write_bytes(own.key)
    (home / "cert.pem").write_bytes(own.certificate)
    root = ElementTree.Element("configuration", version=_VERSION)
    me = ElementTree.SubElement(root, "device", id=own.device_id, name=device)
    ElementTree.SubElement(me, "address").text = "dynamic"
    gui = ElementTree.SubElement(root, "gui", enabled="true", tls="false")
    ElementTree.SubElement(gui, "address").text = f"127.0.0.1:{rest_port}"
    ElementTree.SubElement(gui, "apikey").text = api_key
    options = ElementTree.SubElement(root, "options")
    ElementTree.SubElement(options, "listenAddress").text = f"tcp://127.0.0.1:{peer_port}"
    for name, value in _OPTIONS.items():
        ElementTree.SubElement(options, name).text = value
    ElementTree.SubElement(options, "minHomeDiskFree", unit="%").text = "0"
    draft = file.with_suffix(".new")
    ElementTree.ElementTree(root).write(draft, encoding="utf-8")
    draft.rename(file)


def device_object(device_id: str, name: str, address: str | None, *, paused: bool) -> dict[str, object]:
    """Another device, as the REST API takes it. address: `host:port`, where this one dials it."""
    addresses = [f"tcp://{address}"] if address else ["dynamic"]  # which finds nobody: nothing is announced
    return {"deviceID": device_id, "name": name, "addresses": addresses, "paused": paused}


def folder_object(folder: str, path: Path, device_ids: Iterable[str]) -> dict[str, object]:
    """The shared folder, as the REST API takes it."""
    return {
        "id": folder,
        "label": folder,
        "path": str(path),
        "type": "sendreceive",
        "devices": [{"deviceID": each} for each in device_ids],
        "fsWatcherEnabled": False,  # whoever changes something says so
        "rescanIntervalS": 3600,
        "minDiskFree": {"value": 0, "unit": "%"},
    }
