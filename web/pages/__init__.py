"""Everything a person sees: the handlers of pages and fragments, and their addresses."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from web.pages import (
    about,
    branch,
    desk,
    export,
    keys,
    learn,
    margin,
    orders,
    people,
    personal_files,
    plans,
    portfolio,
    practice,
    search,
    tapes,
)
from web.pages.about import error_page
from web.security.credits import costs

GET, POST = ["GET"], ["POST"]

ROUTES: list[BaseRoute] = [
    Route("/", practice.landing, methods=GET),
    Route("/try", practice.try_page, methods=GET),
    Route("/try", practice.start, methods=POST, middleware=[costs(20)]),
    Route("/trade", desk.desk_start, methods=GET, middleware=[costs(1)]),
    Route("/trade/{symbol}", desk.desk, methods=GET, middleware=[costs(2)]),
    Route("/account", desk.choose_account, methods=POST, middleware=[costs(1)]),
    Route("/orders", orders.place, methods=POST, middleware=[costs(2)]),
    Route("/orders/{order_id}/cancel", orders.cancel, methods=POST, middleware=[costs(2)]),
    Route("/orders/{order_id}/replace", orders.replace, methods=POST, middleware=[costs(2)]),
    Route("/clock", orders.clock, methods=POST, middleware=[costs(2)]),
    Route("/f/ticket", desk.ticket_fragment, methods=GET, middleware=[costs(1)]),
    Route("/f/preview", desk.preview_fragment, methods=GET, middleware=[costs(1)]),
    Route("/search", search.search_page, methods=GET, middleware=[costs(1)]),
    Route("/f/search", search.search_fragment, methods=GET, middleware=[costs(1)]),
    Route("/f/result", desk.result_fragment, methods=GET, middleware=[costs(1)]),
    *(
        Route(f"/f/{name}", desk.table_fragment(name), methods=GET, middleware=[costs(1)])
        for name in ("positions", "orders", "fills")
    ),
    Route("/practice", practice.practice_page, methods=GET, middleware=[costs(1)]),
    Route("/practice", practice.open_practice, methods=POST, middleware=[costs(20)]),
    Route("/practice/branch", branch.branch_page, methods=GET, middleware=[costs(1)]),
    Route("/practice/branch", branch.branch, methods=POST, middleware=[costs(50)]),
    Route("/practice/reveal", practice.reveal_page, methods=GET, middleware=[costs(5)]),
    Route("/floor", practice.floor_page, methods=GET, middleware=[costs(1)]),
    Route("/floor", practice.join_floor, methods=POST, middleware=[costs(20)]),
    Route("/portfolio", portfolio.portfolio, methods=GET, middleware=[costs(2)]),
    Route("/portfolio/subscribe", portfolio.subscribe, methods=POST, middleware=[costs(2)]),
    Route("/portfolio/{kind}.csv", export.export, methods=GET, middleware=[costs(5)]),
    Route(
        "/portfolio/own/{kind}.csv",
        personal_files.personal_file,
        methods=GET,
        middleware=[costs(5)],
    ),
    Route(
        "/portfolio/everything.zip", personal_files.everything, methods=GET, middleware=[costs(50)]
    ),
    Route("/margin", margin.margin_page, methods=GET, middleware=[costs(1)]),
    Route("/margin", margin.switch, methods=POST, middleware=[costs(5)]),
    Route("/plans", plans.plans_page, methods=GET, middleware=[costs(1)]),
    Route("/plans", plans.arm, methods=POST, middleware=[costs(5)]),
    Route("/plans/try", plans.try_plan, methods=POST, middleware=[costs(20)]),
    Route("/plans/new/{kind}", plans.new_page, methods=GET, middleware=[costs(1)]),
    Route("/plans/{plan_id}", plans.plan_page, methods=GET, middleware=[costs(2)]),
    Route("/plans/{plan_id}/{action}", plans.steer, methods=POST, middleware=[costs(2)]),
    Route("/signup", people.signup_page, methods=GET),
    Route("/signup", people.signup, methods=POST, middleware=[costs(10)]),
    Route("/login", people.login_page, methods=GET),
    Route("/login", people.login, methods=POST, middleware=[costs(10)]),
    Route("/logout", people.logout, methods=POST, middleware=[costs(1)]),
    Route("/keys", keys.keys_page, methods=GET, middleware=[costs(1)]),
    Route("/keys", keys.make_key, methods=POST, middleware=[costs(20)]),
    Route("/keys/{key_id}/revoke", keys.revoke_key, methods=POST, middleware=[costs(2)]),
    Route("/settings", people.settings, methods=GET),
    Route("/lang/{value}", people.choose_language, methods=POST, middleware=[costs(1)]),
    Route("/theme/{value}", people.choose_theme, methods=POST, middleware=[costs(1)]),
    Route("/updown/{value}", people.choose_updown, methods=POST, middleware=[costs(1)]),
    Route("/learn", learn.lessons_page, methods=GET),
    Route("/learn/{slug}", learn.lesson_page, methods=GET),
    Route("/learn/{slug}/quiz/{quiz}", learn.answer_quiz, methods=POST, middleware=[costs(2)]),
    Route("/operator/tapes", tapes.tapes_page, methods=GET, middleware=[costs(5)]),
    Route("/help", about.help_page, methods=GET),
    Route("/about", about.text_page("about.html"), methods=GET),
    Route("/about/licences", about.licences, methods=GET),
    Route("/risk", about.text_page("risk.html"), methods=GET),
    Route("/privacy", about.text_page("privacy.html"), methods=GET),
]

__all__ = ["ROUTES", "error_page"]
