"""A token bucket per device."""

from __future__ import annotations


class Buckets:
    """Lets `rate` events per second pass in the long run and `burst` at once, for each device.

    A batch passes while one event is left, however large it is, and its debt is waited for afterwards: so a
    batch larger than the burst is slowed down and not refused for ever.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = max(1.0, burst)
        self._levels: dict[str, tuple[float, float]] = {}

    def delay(self, now: float, device: str) -> float:
        """Seconds until this device may push again; 0 if it may now."""
        level = self._level(now, device)
        # Waiting exactly as long as told must do, whatever the last bit of a float says.
        if level > 1.0 - 1e-6:
            return 0.0
        return (1.0 - level) / self._rate

    def take(self, now: float, device: str, count: int) -> None:
        """Count events that passed."""
        self._levels[device] = (self._level(now, device) - count, now)

    def _level(self, now: float, device: str) -> float:
        level, at = self._levels.get(device, (self._burst, now))
        return min(self._burst, level + max(0.0, now - at) * self._rate)
