"""All proxies of one server, by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .failures import ApiError
from .link import Plumbing
from .proxy import Proxy
from .representation import ProxyInput


class Collection:
    """The proxies; makes new ones with the server's seed."""

    def __init__(self, plumbing: Plumbing, seed: int) -> None:
        self._plumbing = plumbing
        self._seed = seed
        self._proxies: dict[str, Proxy] = {}

    def __iter__(self) -> Iterator[Proxy]:
        """In the order of their names, as the API lists them."""
        return iter([self._proxies[name] for name in sorted(self._proxies)])

    def get(self, name: str) -> Proxy:
        """By name. Raises ApiError (404)."""
        proxy = self._proxies.get(name)
        if proxy is None:
            raise ApiError("proxy not found", 404)
        return proxy

    async def create(self, wanted: ProxyInput) -> Proxy:
        """A new proxy; one that cannot start is not kept. Raises ApiError."""
        for name in ("name", "upstream"):
            if not getattr(wanted, name):
                raise ApiError(f"missing required field: {name}", 400)
        if wanted.name in self._proxies:
            raise ApiError("proxy already exists", 409)
        return await self._make(wanted)

    async def populate(self, inputs: Sequence[ProxyInput], done: list[Proxy]) -> None:
        """Make or replace each; one that is there with the same addresses stays as it is.

        `done` grows as it goes, for those before a failing one stay. Raises ApiError.
        """
        for wanted in inputs:
            present = self._proxies.get(wanted.name)
            if present is not None:
                if not await present.differs(wanted.listen, wanted.upstream):
                    done.append(present)
                    continue
                present.stop()
            done.append(await self._make(wanted))

    def remove(self, name: str) -> None:
        """Stop and forget. Raises ApiError (404)."""
        self.get(name).stop()
        del self._proxies[name]

    async def reset(self) -> None:
        """Start every proxy and remove every toxic; stops at the first that cannot start. Raises ApiError."""
        for proxy in self:
            await proxy.start()
            proxy.remove_all_toxics()

    def close(self) -> None:
        """Stop everything."""
        for proxy in self:
            proxy.stop()
        self._proxies.clear()
        self._plumbing.close()

    async def _make(self, wanted: ProxyInput) -> Proxy:
        proxy = Proxy(wanted.name, wanted.listen, wanted.upstream, self._plumbing, self._seed)
        for toxic in wanted.toxics:
            proxy.add_toxic(toxic)
        if wanted.enabled:
            await proxy.start()
        self._proxies[wanted.name] = proxy
        return proxy
