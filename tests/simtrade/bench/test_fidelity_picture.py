from __future__ import annotations

import xml.etree.ElementTree as ET

from simtrade.bench.fidelity_figures import Figures
from simtrade.bench.fidelity_picture import picture


def one(model: str, profile: str, bias: float, qty: int = 200) -> Figures:
    return Figures(model, profile, qty, 60, 9, 0.0, bias, 0.0, 0.0, 0.0, None)


def test_every_model_has_its_bar() -> None:
    told = [one("depth", "strict", -12.5), one("any_touch", "", 99.0), one("depth", "", 0.0, 900)]
    root = ET.fromstring(picture(told))
    space = "{http://www.w3.org/2000/svg}"
    bars = [bar for bar in root.iter(f"{space}rect") if bar.get("width") != "100%"]
    assert [bar.get("width") for bar in bars] == ["105", "210", "0"]
    words = [text.text for text in root.iter(f"{space}text")]
    assert {"depth strict", "any_touch", "-12.50", "+99.00", "200 shares, 60 s"} <= set(words)
