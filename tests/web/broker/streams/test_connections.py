"""Connections of a key: how many, and who goes."""

from __future__ import annotations

from web.broker.streams.connections import Connections, Ending, Kind


class Line:
    def __init__(self) -> None:
        self.ended: Ending | None = None

    def end(self, why: Ending) -> None:
        self.ended = why


def test_the_oldest_makes_room() -> None:
    connections = Connections(2)
    first, second, third, other = Line(), Line(), Line(), Line()
    for one in (first, second, third):
        connections.add("K", Kind.DATA, one)
    connections.add("L", Kind.DATA, other)
    connections.add("K", Kind.UPDATES, other)
    assert first.ended is Ending.TOO_MANY
    assert (second.ended, third.ended, other.ended) == (None, None, None)
    assert connections.count(Kind.DATA) == 3
    connections.remove("K", Kind.DATA, first)
    connections.remove("K", Kind.DATA, second)
    assert connections.count(Kind.DATA) == 2
    connections.add("K", Kind.DATA, Line())
    assert third.ended is None


def test_a_dead_key_loses_all_it_has() -> None:
    connections = Connections(5)
    lines = {key: [Line(), Line()] for key in ("dead", "alive")}
    for key, (data, updates) in lines.items():
        connections.add(key, Kind.DATA, data)
        connections.add(key, Kind.UPDATES, updates)
    assert connections.end_dead(lambda key: key == "alive") == 1
    assert [one.ended for one in lines["dead"]] == [Ending.KEY_ENDED] * 2
    assert [one.ended for one in lines["alive"]] == [None, None]
    connections.end_all(Ending.RESTART)
    assert [one.ended for one in lines["alive"]] == [Ending.RESTART] * 2
    assert connections.count(Kind.DATA) == connections.count(Kind.UPDATES) == 0
