"""When to try again: exponential backoff with jitter, pruned where it has gone on for too long."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

_MAX_DOUBLINGS = 40


class RetrySettings(Protocol):
    """Intervals in seconds. retry_jitter: by which part chance moves an interval."""

    @property
    def retry_base_s(self) -> float: ...
    @property
    def retry_max_s(self) -> float: ...
    @property
    def retry_jitter(self) -> float: ...


class GivingUp(Protocol):
    """When what fails on and on is given up. retry_ttl_s: seconds. retry_limit: keys at once."""

    @property
    def retry_ttl_s(self) -> float: ...
    @property
    def retry_limit(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Retry:
    """A retry that is scheduled. attempt: 1 for the first one. delay, due: seconds.

    by_link: it failed because the link did, so that it may be tried as soon as the link works again.
    """

    key: str
    attempt: int
    delay: float
    due: float
    first_failure: float
    by_link: bool


class RetryTracker:
    """Follows what has failed, by key. A key that it does not follow may be tried at any time.

    jitter_s: seconds that chance adds to a delay at most, on top of the longest one too.
    """

    def __init__(self, settings: RetrySettings, jitter_s: float = 0.0) -> None:
        self._settings, self._jitter_s = settings, jitter_s
        self._retries: dict[str, Retry] = {}
        self.scheduled = 0
        self.pruned = 0

    def __len__(self) -> int:
        return len(self._retries)

    def failed(
        self, key: str, now: float, rng: random.Random, *, by_link: bool, at_least: float = 0.0
    ) -> Retry:
        """Schedule the next attempt. at_least: seconds that the other side asked to be left alone."""
        settings = self._settings
        before = self._retries.get(key)
        attempt = before.attempt + 1 if before else 1
        first_failure = before.first_failure if before else now
        delay = min(settings.retry_max_s, settings.retry_base_s * 2.0 ** min(attempt - 1, _MAX_DOUBLINGS))
        delay *= 1 + settings.retry_jitter * (2 * rng.random() - 1)
        if self._jitter_s:
            delay += self._jitter_s * rng.random()
        delay = max(delay, at_least)
        retry = Retry(key, attempt, delay, now + delay, first_failure, by_link)
        self._retries[key] = retry
        self.scheduled += 1
        return retry

    def succeeded(self, key: str) -> Retry | None:
        """Forget what failed before. Returns it, for who knows better by and by (`relapsed`)."""
        return self._retries.pop(key, None)

    def relapsed(self, before: Retry) -> None:
        """The success did not last: what failed before counts again."""
        self._retries[before.key] = before

    def ready(self, key: str, now: float) -> bool:
        """Whether the key may be tried now."""
        retry = self._retries.get(key)
        return retry is None or retry.due <= now

    def expedite(self, except_key: str | None = None) -> None:
        """Let all that failed by the link be tried at once, but for one key: it may work, or has just proved to."""
        for key in [key for key, retry in self._retries.items() if retry.by_link and key != except_key]:
            del self._retries[key]

    def prune(self, now: float, limits: GivingUp) -> list[str]:
        """Forget what has failed for longer than the ttl, and the oldest beyond the limit. Returns their keys."""
        if not self._retries:
            return []
        horizon = now - limits.retry_ttl_s
        excess = len(self._retries) - limits.retry_limit
        # In the order of their first failure: dictionaries keep it, because a key stays in its place.
        keys = [
            key
            for place, (key, retry) in enumerate(self._retries.items())
            if retry.first_failure <= horizon or place < excess
        ]
        for key in keys:
            del self._retries[key]
        self.pruned += len(keys)
        return keys

    def next_due(self, now: float) -> float | None:
        """When the next key becomes ready, later than `now`; None if none will."""
        if not self._retries:
            return None
        return min((retry.due for retry in self._retries.values() if retry.due > now), default=None)
