from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from feeds.imports.clocks import local_offset, offsets_of_local, offsets_of_utc

START = datetime(2019, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC"]
)
def test_offsets_are_those_of_each_moment(name: str) -> None:
    zone = ZoneInfo(name)
    moments = [START + timedelta(minutes=7 * k) for k in range(80_000)]
    at_ns = np.array([int(one.timestamp()) * 10**9 for one in moments], np.int64)
    expected = [one.astimezone(zone).utcoffset() for one in moments]
    found = offsets_of_utc(at_ns, zone)
    assert found.tolist() == [
        int(one.total_seconds()) * 10**9 for one in expected if one is not None
    ]
    local = at_ns + found
    assert offsets_of_local(local, zone).tolist() == [local_offset(int(x), zone) for x in local]


def test_no_moments() -> None:
    assert len(offsets_of_utc(np.zeros(0, np.int64), ZoneInfo("UTC"))) == 0
