"""The invented market: twenty fictional companies.  Any likeness to a real one is unintended."""

from __future__ import annotations

from typing import NamedTuple

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

MARKET = "SIMA"
BOARD = "main"
LOT = 100

# Prices move at most this far from the previous close in a session.
LIMIT_PERMILLE = 100


class Company(NamedTuple):
    """``start_ticks`` is also what the price is drawn back to over the years; ``beta_percent``
    how it follows the market; ``noise_ppm`` the width of its own daily shocks; ``day_lots`` a
    usual day's volume in lots of 100."""

    name_en: str
    name_zh: str
    start_ticks: int
    beta_percent: int
    noise_ppm: int
    day_lots: int
    risk_level: int


COMPANIES = (
    Company("Baiyu Bank", "白榆银行", 612, 60, 11_000, 182_000, 2),
    Company("Yinshan Insurance", "银杉保险", 2_845, 80, 16_000, 64_000, 3),
    Company("Jiguang Semiconductor", "霁光芯片", 8_630, 140, 36_000, 41_000, 4),
    Company("Moquan Software", "墨泉软件", 4_518, 130, 34_000, 38_000, 4),
    Company("Danfeng Pharma", "丹枫制药", 3_376, 85, 24_000, 33_000, 3),
    Company("Muhe Foods", "沐禾食品", 2_209, 70, 18_000, 47_000, 3),
    Company("Yuanli Machinery", "远砺机械", 1_584, 105, 25_000, 58_000, 3),
    Company("Chenghu Dairy", "澄湖乳业", 1_927, 75, 19_000, 52_000, 3),
    Company("Xingdu Shipping", "星渡航运", 1_043, 120, 28_000, 96_000, 4),
    Company("Beilu Heavy Industry", "北鹿重工", 751, 100, 23_000, 121_000, 3),
    Company("Qingsui Agritech", "青穗农科", 1_368, 80, 27_000, 44_000, 3),
    Company("Yunyan Media", "云砚传媒", 936, 115, 31_000, 71_000, 4),
    Company("Chiyan Mining", "赤岩矿业", 1_712, 125, 30_000, 87_000, 4),
    Company("Hongxi Energy", "虹汐能源", 2_451, 110, 29_000, 69_000, 4),
    Company("Songhe Property", "松壑地产", 487, 115, 29_000, 158_000, 4),
    Company("Xuanpu Biotech", "玄圃生物", 6_195, 125, 38_000, 22_000, 5),
    Company("Lanliao Chemicals", "蓝蓼化工", 1_256, 100, 24_000, 63_000, 3),
    Company("Tinglan Electronics", "听澜电子", 3_084, 130, 32_000, 55_000, 4),
    Company("Zhenshi Water", "枕石水务", 829, 55, 12_000, 49_000, 2),
    Company("Tangxi Textiles", "棠溪纺织", 573, 85, 22_000, 57_000, 3),
)


def instruments() -> tuple[Instrument, ...]:
    """The companies' shares: ``SIMA:609001`` and so on, in yuan, ticks of 0.01."""
    return tuple(
        Instrument(
            instrument_id=InstrumentId(f"{MARKET}:{609_001 + index}"),
            symbol=str(609_001 + index),
            name_en=company.name_en,
            name_zh=company.name_zh,
            currency=CURRENCIES["CNY"],
            market=MARKET,
            board=BOARD,
            risk_level=company.risk_level,
        )
        for index, company in enumerate(COMPANIES)
    )
