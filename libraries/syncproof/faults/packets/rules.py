"""What is said to nftables and tc, and what they answer: text in, text out, nothing is run here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

#: Chances are drawn from this many numbers, so that 0.01% is the smallest share.
_OF = 10_000
#: Before connection tracking and before anybody else's chains.
_PRIORITY = -300


@dataclass(frozen=True)
class RandomLoss:
    """Each packet is dropped by this chance, whatever became of the one before. fraction: 0 to 1."""

    fraction: float

    def condition(self) -> str:
        """Which packets are dropped, in the words of nftables."""
        return "" if self.fraction >= 1 else f"numgen random mod {_OF} < {round(self.fraction * _OF)}"

    def __str__(self) -> str:
        return f"{self.fraction * 100:g}%"


@dataclass(frozen=True)
class BurstLoss:
    """So many packets in a row are dropped, as often as makes up the share. fraction: 0 to 1, exclusive of 0."""

    fraction: float
    burst: int

    def condition(self) -> str:
        """The last of every so many: the first packets pass, so that a connection can begin."""
        if self.fraction >= 1:
            return ""
        every = self.every
        return f"numgen inc mod {every} >= {every - self.burst}"

    @property
    def every(self) -> int:
        """Packets from one burst to the next."""
        return max(self.burst + 1, round(self.burst / self.fraction))

    def __str__(self) -> str:
        return f"{self.fraction * 100:g}% in bursts of {self.burst}"


Loss = RandomLoss | BurstLoss


@dataclass(frozen=True)
class Count:
    """What the rules have met so far, packets."""

    seen: int
    dropped: int

    def __add__(self, other: Count) -> Count:
        return Count(self.seen + other.seen, self.dropped + other.dropped)

    def __str__(self) -> str:
        share = f" ({self.dropped / self.seen * 100:.1f}%)" if self.seen else ""
        return f"{self.dropped} of {self.seen} packets dropped{share}"


@dataclass(frozen=True)
class Held:
    """What a queue has held back so far. packets: that had to wait. sent: bytes that it let through."""

    packets: int
    sent: int

    def __add__(self, other: Held) -> Held:
        return Held(self.packets + other.packets, self.sent + other.sent)

    def __str__(self) -> str:
        return f"{self.packets} packets held back, {self.sent} bytes let through"


def drop(table: str, interface: str, peer: str, loss: Loss) -> str:
    """A table of its own that drops what arrives on an interface from a peer's address ("" for anybody).

    Where packets arrive, and not where they leave: a sender whose kernel refuses to send would notice.
    """
    match = f'iifname "{interface}" {_from(peer)}'.strip()
    return "\n".join(
        [
            f"add table inet {table}",
            f"add counter inet {table} seen",
            f"add counter inet {table} dropped",
            f"add chain inet {table} arriving {{ type filter hook input priority {_PRIORITY} ; }}",
            f"add rule inet {table} arriving {match} counter name seen",
            " ".join(
                f"add rule inet {table} arriving {match} {loss.condition()} counter name dropped drop".split()
            ),
        ]
    )


def undrop(table: str) -> str:
    """Takes the table away, whether or not it is there. Nobody else's rules are touched."""
    return f"add table inet {table}; delete table inet {table}"


def counted(listing: str) -> Count:
    """What `nft -j list counters table inet TABLE` answers."""
    items: list[dict[str, Any]] = json.loads(listing)["nftables"]
    packets = {
        item["counter"]["name"]: int(item["counter"]["packets"]) for item in items if "counter" in item
    }
    return Count(packets["seen"], packets["dropped"])


def burst_bytes(bytes_per_s: float) -> int:
    """What a token bucket may send at once: two full packets, or what runs up in a hundredth of a second."""
    return max(3200, round(bytes_per_s / 100))


def bucket(bytes_per_s: float) -> list[str]:
    """The token bucket of tc(8) for a rate; what does not fit waits, as in the modem of a thin line."""
    burst = str(burst_bytes(bytes_per_s))
    return ["tbf", "rate", f"{round(bytes_per_s * 8)}bit", "burst", burst, "limit", _waiting(bytes_per_s)]


def _waiting(bytes_per_s: float) -> str:
    """Bytes that may wait: a second of the rate, at least some twenty packets."""
    return str(max(32_000, round(bytes_per_s)))


def held(listing: str) -> Held:
    """What `tc -s -j qdisc show dev DEVICE` says of the first queue there. Raises ValueError for none."""
    for each in json.loads(listing):
        if each.get("kind") in ("tbf", "netem"):
            # A token bucket counts what it had to hold back; netem holds back whatever it sees.
            packets = each["overlimits"] if each["kind"] == "tbf" else each["packets"]
            return Held(int(packets), int(each["bytes"]))
    raise ValueError(f"no queue of ours is there: {listing[:200]}")


def segments(listing: str) -> int:
    """How many packets an interface may be given as one, by `ip -j -d link show dev DEVICE`."""
    return int(json.loads(listing)[0]["gso_max_segs"])


def interface_of(listing: str, address: str) -> str:
    """The interface that has an address, by `ip -j address show`. Raises ValueError for none."""
    for each in json.loads(listing):
        if any(found.get("local") == address for found in each.get("addr_info", ())):
            return str(each["ifname"])
    raise ValueError(f"no interface has the address {address}")


def _from(peer: str) -> str:
    if not peer:
        return ""
    return f"{'ip6' if ':' in peer else 'ip'} saddr {peer}"
