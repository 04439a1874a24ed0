"""Prometheus numbers, read from plain counters at the moment they are asked for.

Hot paths only add to integers; nothing here runs per message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Reading = Callable[[], float]
Readings = Callable[[], dict[str, int]]


class Metrics(Collector):
    """A registry of its own per application; names start with ``simtrade_``."""

    def __init__(self) -> None:
        self._gauges: list[tuple[str, str, Reading]] = []
        self._counters: list[tuple[str, str, Reading]] = []
        self._labelled: list[tuple[str, str, str, Readings]] = []
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def gauge(self, name: str, sentence: str, read: Reading) -> None:
        self._gauges.append((f"simtrade_{name}", sentence, read))

    def counter(self, name: str, sentence: str, read: Reading) -> None:
        self._counters.append((f"simtrade_{name}", sentence, read))

    def counters(self, name: str, sentence: str, label: str, read: Readings) -> None:
        """A counter per value of ``label``."""
        self._labelled.append((f"simtrade_{name}", sentence, label, read))

    def collect(self) -> Iterator[Metric]:
        for name, sentence, read in self._gauges:
            yield GaugeMetricFamily(name, sentence, value=read())
        for name, sentence, read in self._counters:
            yield CounterMetricFamily(name, sentence, value=read())
        for name, sentence, label, read_all in self._labelled:
            family = CounterMetricFamily(name, sentence, labels=[label])
            for value, count in sorted(read_all().items()):
                family.add_metric([value], count)
            yield family

    def exposition(self) -> tuple[bytes, str]:
        """The text and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
