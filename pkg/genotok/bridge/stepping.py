"""Long work done in steps, so that whoever waits can hear of it and stop it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from time import perf_counter

Step = tuple[str, int, int]  # phase, done, total


class Stepwise(ABC):
    """Work that `advance` goes on with for a while; what it ``told`` last, and whether it is ``done``."""

    told: Step

    def __init__(self) -> None:
        self.done = False
        self._steps = self._work()

    @abstractmethod
    def _work(self) -> Iterator[Step]:
        """Do it all, telling of each step before it is made."""

    def advance(self, seconds: float) -> Step:
        """Work for about so long, or until all is done; say how far it is."""
        until = perf_counter() + seconds
        while not self.done:
            step = next(self._steps, None)
            self.done = step is None
            self.told = step or self.told
            if perf_counter() >= until:
                break
        return self.told
