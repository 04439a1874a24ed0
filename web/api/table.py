"""Every address of ``/api/*`` that answers with data: routes and the document are made of it."""

from __future__ import annotations

from http import HTTPStatus

from web.api import accounts, files, lessons, market, plan_work, plans, shapes, venues
from web.api.endpoints import CSV_TYPE, Endpoint
from web.api.paging import Page

CREATED = HTTPStatus.CREATED
_ACCOUNT = "/api/accounts/{account}"
_PLAN = f"{_ACCOUNT}/plans/{{plan}}"
_VENUE = "/api/venues/{venue}"

MARKETS = (
    Endpoint("GET", "/api/venues", venues.venues, "Markets",
             "Markets that the asker can trade in", shapes.VenueList, Page),
    Endpoint("POST", "/api/venues", venues.open_venue, "Markets",
             "Open a practice market (signed in, not by key)", shapes.Done, body=venues.NewVenue,
             status=CREATED, keyed=True, price=20, refusals=(HTTPStatus.NOT_FOUND,)),
    Endpoint("GET", _VENUE, venues.venue, "Markets",
             "One market and its clock", shapes.VenueNow),
    Endpoint("POST", f"{_VENUE}/clock", venues.turn_clock, "Markets",
             "Play, pause, step, seek, or change the speed", shapes.Done, body=venues.ClockWish,
             keyed=True, price=2),
    Endpoint("POST", f"{_VENUE}/branch", venues.branch, "Markets",
             "What if: a second market with the same past (signed in, not by key)", shapes.Done,
             body=venues.BranchWish, status=CREATED, keyed=True, price=50),
    Endpoint("GET", "/api/tapes", venues.tapes, "Markets",
             "Recordings to practise on (signed in, not by key)", shapes.TapeList, Page),
    Endpoint("GET", "/api/search", market.search, "Markets",
             "Instruments by code, name or pinyin", market.SearchReply, market.SearchQuery,
             refusals=(HTTPStatus.NOT_FOUND,)),
    Endpoint("GET", "/api/bars", market.bars, "Markets",
             "The newest bars of an instrument", market.BarsReply, market.BarsQuery, price=2,
             refusals=(HTTPStatus.NOT_FOUND,)),
    Endpoint("GET", "/api/snap", market.snap, "Markets",
             "What the live socket would say now", market.SnapReply, market.SnapQuery, price=2,
             refusals=(HTTPStatus.NOT_FOUND,)),
)  # fmt: skip

ACCOUNTS = (
    Endpoint("GET", "/api/accounts", accounts.accounts, "Accounts",
             "The asker's accounts", shapes.AccountList, Page),
    Endpoint("GET", _ACCOUNT, accounts.account, "Accounts",
             "Cash, value and positions of one moment", shapes.Summary, price=2),
    Endpoint("GET", f"{_ACCOUNT}/positions", accounts.positions, "Accounts",
             "What the account holds", shapes.PositionList, Page, price=2),
    Endpoint("GET", f"{_ACCOUNT}/orders", accounts.orders, "Accounts",
             "Orders, newest first", shapes.OrderList, accounts.OrdersQuery, price=2),
    Endpoint("GET", f"{_ACCOUNT}/orders/{{order}}", accounts.order, "Accounts",
             "One order, by its number or its UUID", shapes.Order),
    Endpoint("GET", f"{_ACCOUNT}/orders/{{order}}/receipt", accounts.receipt, "Accounts",
             "Why an order was filled as it was, or why not", shapes.OrderReceipt, price=2),
    Endpoint("GET", f"{_ACCOUNT}/fills", accounts.fills, "Accounts",
             "Fills with their receipts, newest first", shapes.FillList, accounts.FillsQuery,
             price=2),
    Endpoint("GET", f"{_ACCOUNT}/activities", accounts.activities, "Accounts",
             "What happened without an order", shapes.ActivityList, Page, price=2),
    Endpoint("GET", f"{_ACCOUNT}/equity", accounts.equity, "Accounts",
             "Value over time beside the twin that did nothing", shapes.EquityCurve, price=2),
    Endpoint("GET", f"{_ACCOUNT}/files/{{file}}", files.account_file, "Accounts",
             "The account as CSV: summary, positions, orders, fills, activities, equity, plans",
             None, media=CSV_TYPE, price=5),
)  # fmt: skip

PLANS = (
    Endpoint("GET", f"{_ACCOUNT}/plans", plan_work.account_plans, "Plans",
             "Plans of an account, newest first", plan_work.PlanList, Page, price=2),
    Endpoint("POST", f"{_ACCOUNT}/plans", plan_work.arm, "Plans",
             "Set a plan to work", shapes.Done, body=plan_work.ArmWish, status=CREATED, keyed=True,
             price=5),
    Endpoint("GET", _PLAN, plan_work.account_plan, "Plans",
             "One plan with its receipts, also in words", plan_work.PlanNow, price=2),
    Endpoint("POST", f"{_PLAN}/action", plan_work.steer, "Plans",
             "Pause, resume or stop a plan", shapes.Done, body=plan_work.SteerWish, keyed=True,
             price=2),
    Endpoint("POST", f"{_ACCOUNT}/trials", plan_work.trial, "Plans",
             "Try a plan on finished sessions; nothing is kept", plan_work.TrialValue,
             body=plan_work.TrialWish, price=20, refusals=(HTTPStatus.SERVICE_UNAVAILABLE,)),
    Endpoint("GET", "/api/plans", plans.plans, "Plans",
             "Plans as the desk's scripts read them", plans.PlansReply, plans.PlansQuery, price=2,
             refusals=(HTTPStatus.NOT_FOUND,)),
    Endpoint("GET", "/api/plan", plans.plan, "Plans",
             "One plan as the desk's scripts read it", plans.PlanWithSteps, plans.PlanQuery,
             price=2, refusals=(HTTPStatus.NOT_FOUND,)),
)  # fmt: skip

LESSONS = (
    Endpoint("GET", "/api/lessons", lessons.lessons, "Lessons",
             "Lessons in the order in which to read them", shapes.LessonList, Page),
    Endpoint("GET", "/api/lessons/{lesson}", lessons.lesson, "Lessons",
             "A lesson with its quizzes", shapes.LessonText),
    Endpoint("POST", "/api/lessons/{lesson}/quizzes/{quiz}", lessons.answer_quiz, "Lessons",
             "Answer a quiz (not by key)", shapes.Quiz, body=lessons.QuizAnswer, price=2),
)  # fmt: skip

ENDPOINTS: tuple[Endpoint, ...] = (*MARKETS, *ACCOUNTS, *PLANS, *LESSONS)
