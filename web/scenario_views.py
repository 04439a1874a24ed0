"""The invented markets in which something happens, in words: what each trains, never when."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.generator.scenarios import ScenarioKind
from web.feed_views import FeedView
from web.i18n import N_

SCENARIO_VIEWS: Mapping[ScenarioKind, FeedView] = {
    ScenarioKind.CRASH: FeedView(
        N_("Falling market"),
        N_("Every share falls, faster and faster. Trains stop orders, and what one leaves alone."),
    ),
    ScenarioKind.SQUEEZE: FeedView(
        N_("Rising faster and faster"),
        N_("609017 climbs until it turns. Trains not to run after a price, and taking a profit."),
    ),
    ScenarioKind.LOCK: FeedView(
        N_("At the upper limit"),
        N_("609004 reaches its limit with a long queue. Trains patience, and reading a queue."),
    ),
    ScenarioKind.HALT: FeedView(
        N_("Trading is halted"),
        N_("609016 stops and comes back elsewhere. Trains how much to have in one share."),
    ),
    ScenarioKind.GAP: FeedView(
        N_("News overnight"),
        N_("609003 opens far away one morning. Trains what a stop order can do, and cannot."),
    ),
    ScenarioKind.RUMOUR: FeedView(
        N_("A rumour"),
        N_("609014 jumps, and most of it is taken back. Trains waiting for what is known."),
    ),
}
