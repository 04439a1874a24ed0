from __future__ import annotations

import xml.etree.ElementTree as ET

from simtrade.bench.stylised_facts import Facts
from simtrade.bench.stylised_picture import PANELS, picture

NAME = "{http://www.w3.org/2000/svg}"


def test_a_panel_for_each_curve_and_a_line_for_each_market() -> None:
    depth: dict[str, float | None] = {f"depth {k} / mean": 2.0 - k / 3 for k in range(1, 6)}
    lines = {"signs": ((1, 0.2), (5, -0.1)), "volatility": (), "impact": ((1, 3.0),)}
    one, other = Facts(depth, lines), Facts({}, lines)
    root = ET.fromstring(picture({"recorded <1>": one, "floor": other}))
    texts = [text.text for text in root.iter(f"{NAME}text")]
    assert set(PANELS.values()) <= set(texts)
    assert "recorded <1>" in texts
    assert len(list(root.iter(f"{NAME}polyline"))) == 2 * len(PANELS)
    assert len(list(root.iter(f"{NAME}circle"))) == 2 * 3 + 5
    for circle in root.iter(f"{NAME}circle"):
        assert 0 < float(circle.attrib["cx"]) < float(root.attrib["width"])
        assert 0 < float(circle.attrib["cy"]) < float(root.attrib["height"])
