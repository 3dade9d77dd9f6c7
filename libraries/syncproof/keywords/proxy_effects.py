"""Keywords of ToxiproxyLibrary that cut and restore proxies, and that wait until a fault shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from robot.api import logger
from robot.api.deco import keyword

from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.flapping import flap_until_over
from syncproof.faults.toxiproxy.observation import HTTP_REQUEST, Observation, wait_until
from syncproof.kernel.quantities import Duration, Rate

_WITHIN = Duration(10.0)


class ProxyEffects(ABC):
    """Cuts, and what a client of the proxy sees."""

    @property
    @abstractmethod
    def client(self) -> Client:
        """The connected server."""

    @abstractmethod
    def undo_later(self, undo: Callable[[], object]) -> None:
        """Keep what takes back what was just done."""

    @keyword
    def cut_proxy(self, proxy: str) -> None:
        """Close every connection of a proxy and refuse new ones, until `Restore Proxy` or the end of the test.

        Example:
        | Cut Proxy    database
        """
        if self.client.proxy(proxy).enabled:
            self.undo_later(lambda: self.client.enable(proxy))
        self.client.disable(proxy)

    @keyword
    def restore_proxy(self, proxy: str) -> None:
        """Let connections through again, on the same port and with the same toxics.

        Example:
        | Restore Proxy    database
        """
        self.client.enable(proxy)

    @keyword
    def flap_proxy(self, proxy: str, every: Duration, down: Duration, length: Duration) -> int:
        """Cut a proxy again and again: at once and then ``every`` so often, each time for ``down``.

        Waits until it is over, after ``length``; the proxy is restored then, whatever happened. The times are
        absolute, so that they do not drift. Returns the number of cuts.

        Example:
        | ${cuts} =    Flap Proxy    database    every=5 seconds    down=1 second    length=60 seconds
        """
        flapping = flap_until_over(
            self.client, proxy, every_s=every.seconds, down_s=down.seconds, length_s=length.seconds
        )
        return flapping.cuts

    @keyword
    def wait_until_proxy_refuses(self, proxy: str, within: Duration = _WITHIN) -> None:
        """Wait until a new connection to a proxy is refused.

        Example:
        | Cut Proxy    database
        | Wait Until Proxy Refuses    database
        """
        self._wait(proxy, lambda seen: seen.outcome == "refused", "a refused connection", within)

    @keyword
    def wait_until_proxy_answers(
        self, proxy: str, within: Duration = _WITHIN, request: str | None = None
    ) -> Duration:
        """Wait until the upstream answers through a proxy; returns the round trip.

        ``request`` is what is sent, by default an HTTP request. Give one of your own for another protocol; any
        first byte that comes back counts as an answer.

        Example:
        | Wait Until Proxy Answers    web
        | Wait Until Proxy Answers    cache    request=PING\\r\\n
        """
        seen = self._wait(proxy, lambda seen: seen.outcome == "answered", "an answer", within, request)
        return Duration(seen.round_trip_s)

    @keyword
    def wait_until_round_trip_is_at_least(
        self, proxy: str, round_trip: Duration, within: Duration = _WITHIN, request: str | None = None
    ) -> Duration:
        """Wait until an answer through a proxy takes ``round_trip`` or longer; returns what it took.

        For ``request`` see `Wait Until Proxy Answers`.

        Example:
        | Add Latency    web    200 ms
        | Wait Until Round Trip Is At Least    web    200 ms
        """
        seen = self._wait(
            proxy,
            lambda seen: seen.outcome == "answered" and seen.round_trip_s >= round_trip.seconds,
            f"a round trip of at least {round_trip}",
            within,
            request,
            patience=Duration(2 * round_trip.seconds + 1),
        )
        return Duration(seen.round_trip_s)

    @keyword
    def wait_until_rate_is_at_most(
        self, proxy: str, rate: Rate, within: Duration = _WITHIN, request: str | None = None
    ) -> Rate:
        """Wait until an answer through a proxy comes no faster than ``rate`` (5% are allowed for); returns the rate.

        ``request`` should ask for an answer of some size; see `Wait Until Proxy Answers`.

        Example:
        | Limit Bandwidth    web    10 KB/s
        | Wait Until Rate Is At Most    web    10 KB/s    request=GET /big HTTP/1.0\\r\\n\\r\\n
        """
        seen = self._wait(
            proxy,
            lambda seen: seen.outcome == "answered" and seen.rate <= rate.bytes_per_s * 1.05,
            f"an answer at {rate} or less",
            within,
            request,
        )
        return Rate(seen.rate)

    @keyword
    def wait_until_proxy_is_silent(
        self, proxy: str, silence: Duration, within: Duration = _WITHIN, request: str | None = None
    ) -> None:
        """Wait until a connection is accepted and then brings nothing for ``silence``: no answer and no end.

        For ``request`` see `Wait Until Proxy Answers`.

        Example:
        | Swallow Data    web    direction=upstream
        | Wait Until Proxy Is Silent    web    500 ms
        """
        self._wait(
            proxy,
            lambda seen: seen.outcome == "silent",
            f"silence for {silence}",
            within,
            request,
            patience=silence,
        )

    @keyword
    def wait_until_proxy_breaks_off(
        self, proxy: str, within: Duration = _WITHIN, request: str | None = None
    ) -> str:
        """Wait until a connection ends without any answer; returns how: ``reset`` or ``closed``.

        For ``request`` see `Wait Until Proxy Answers`.

        Example:
        | Reset Connections    web
        | ${how} =    Wait Until Proxy Breaks Off    web
        | Should Be Equal    ${how}    reset
        """
        seen = self._wait(
            proxy,
            lambda seen: seen.outcome in ("reset", "closed"),
            "a connection that ends without an answer",
            within,
            request,
        )
        return seen.outcome

    def _wait(
        self,
        proxy: str,
        wanted: Callable[[Observation], bool],
        expected: str,
        within: Duration,
        request: str | None = None,
        patience: Duration | None = None,
    ) -> Observation:
        seen = wait_until(
            self.client.proxy(proxy).address,
            wanted,
            expected=expected,
            request=HTTP_REQUEST if request is None else request.encode(),
            patience_s=within.seconds if patience is None else patience.seconds,
            within_s=within.seconds,
        )
        logger.info(f"Proxy {proxy}: {seen}")
        return seen
