"""Somebody at a browser without scripts, talking to the real application over HTTP."""

from __future__ import annotations

import re
from html import unescape

import httpx

from tests.web.serving import Site


class Person:
    """Keeps cookies and the newest form token, follows redirects, speaks English."""

    def __init__(self, site: Site, language: str = "en") -> None:
        self.origin = site.origin
        self.token = ""
        self.client = httpx.Client(
            base_url=site.origin,
            headers={"accept-language": language, "origin": site.origin},
            follow_redirects=True,
            trust_env=False,
            timeout=30,
        )

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def _read(self, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'<meta name="csrf" content="(\w*)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._read(self.client.get(path, headers=headers))

    def post(self, path: str, *, fragment: bool = False, **fields: object) -> httpx.Response:
        words = {"csrf": self.token, **{name: str(value) for name, value in fields.items()}}
        headers = {"hx-request": "true"} if fragment else {}
        return self._read(self.client.post(path, data=words, headers=headers))

    def fragment(self, path: str) -> httpx.Response:
        return self.client.get(path, headers={"hx-request": "true"})

    def start(self) -> int:
        """A practice market of one's own; the account's number."""
        self.get("/")
        return self._account(self.post("/try"))

    def join(self) -> int:
        self.get("/floor")
        return self._account(self.post("/floor"))

    def _account(self, answer: httpx.Response) -> int:
        assert answer.status_code == 200, answer.text
        return int(answer.url.params["account"])

    def order(self, account: int, *, fragment: bool = True, **fields: object) -> httpx.Response:
        """A limit buy of ten Apple shares for a dollar, unless said otherwise."""
        words = {
            "account": account,
            "instrument": "XNAS:AAPL",
            "key": f"key-{account}-{len(fields)}",
            "side": "buy",
            "kind": "limit",
            "qty": 10,
            "price": "1.00",
            "tif": "gtc",
            **fields,
        }
        return self.post("/orders", fragment=fragment, **words)


def texts(answer: httpx.Response) -> str:
    """What a reader sees of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
