"""What waits for a browser that does not read."""

from __future__ import annotations

from collections import Counter

from tests.web.live.wires import Wire
from web.live.limits import PRIVATE_BYTES, PRIVATE_MESSAGES
from web.live.mailbox import Mailbox, Patience


class Source:
    """A room that remembers who paused."""

    def __init__(self) -> None:
        self.version = 0
        self.beaten_at = 0.0
        self.paused: list[Mailbox] = []

    def join(self, mailbox: Mailbox) -> None:
        if mailbox.paused:
            self.paused.append(mailbox)

    def pause(self, mailbox: Mailbox) -> None:
        if mailbox not in self.paused:
            self.paused.append(mailbox)

    def resume(self, mailbox: Mailbox) -> None:
        self.paused.remove(mailbox)

    def leave(self, mailbox: Mailbox) -> None:
        self.left = mailbox

    def missed_since(self, version: int) -> bytes:
        return b"state since %d" % version


def test_private_messages_wait_in_order() -> None:
    wire = Wire(room=1)
    for number in range(5):
        wire.mailbox.send(b"%d" % number, 1.0)
    assert wire.written == [b"0"]
    assert wire.mailbox.waiting == 4
    wire.drain(room=2)
    assert wire.written == [b"0", b"1", b"2"]
    wire.drain()
    assert wire.written == [b"0", b"1", b"2", b"3", b"4"]


def test_too_many_private_messages_close() -> None:
    wire = Wire(room=1)
    for number in range(PRIVATE_MESSAGES + 1):
        wire.mailbox.send(b"%d" % number, 1.0)
        assert wire.closed is None
    wire.mailbox.send(b"one too many", 1.0)
    assert wire.closed == 4008
    assert wire.mailbox.waiting == 0
    wire.mailbox.send(b"after", 1.0)
    assert wire.written == [b"0"]


def test_too_many_private_bytes_close() -> None:
    wire = Wire(room=1)
    wire.mailbox.send(b"", 1.0)
    wire.mailbox.send(b"x" * PRIVATE_BYTES, 1.0)
    assert wire.closed is None
    wire.mailbox.send(b"x", 1.0)
    assert wire.closed == 4008


def test_state_is_told_once_after_private_messages() -> None:
    wire, seen, unchanged = Wire(room=1), Source(), Source()
    wire.mailbox.enter([seen, unchanged])
    wire.mailbox.send(b"fills", 1.0)
    assert seen.paused == [wire.mailbox]
    seen.version += 3
    wire.mailbox.send(b"more", 1.0)
    wire.drain()
    assert wire.written == [b"fills", b"more", b"state since 0"]
    assert seen.paused == unchanged.paused == []


def test_full_again_while_catching_up() -> None:
    wire, first, second = Wire(room=1), Source(), Source()
    wire.mailbox.enter([first, second])
    wire.mailbox.send(b"fills", 1.0)
    first.version = second.version = 1
    wire.drain(room=1)
    assert wire.written == [b"fills", b"state since 0"]
    assert wire.mailbox.paused
    first.version = 2
    wire.drain()
    assert wire.written[2:] == [b"state since 1", b"state since 0"]


def test_a_room_entered_while_full_is_caught_up() -> None:
    wire, room = Wire(room=1), Source()
    wire.mailbox.send(b"fills", 1.0)
    room.join(wire.mailbox)
    wire.mailbox.enter([room])
    room.version += 1
    wire.drain()
    assert wire.written == [b"fills", b"state since 0"]


def test_leaving_and_closing() -> None:
    closures: Counter[str] = Counter()
    wire, room = Wire(), Source()
    mailbox = Mailbox(wire, closures)
    mailbox.enter([room])
    room.beaten_at = 7.0
    mailbox.sent_at = 3.0
    assert mailbox.silent_since() == 7.0
    mailbox.close(4401, "signed out")
    mailbox.close(4401, "again")
    assert room.left is mailbox
    assert closures == {"4401": 1}


def test_how_much_may_wait_can_be_said_and_last_words_go_before_the_close() -> None:
    wire = Wire(room=1)
    mailbox = Mailbox(
        wire,
        patience=Patience(messages=2, size_bytes=100),
        last_words=lambda code: b"words of %d" % code,
    )
    wire.mailbox = mailbox
    for number in range(3):
        mailbox.send(b"%d" % number, 1.0)
        assert wire.closed is None
    mailbox.send(b"one too many", 1.0)
    assert wire.written == [b"0", b"words of 4008"]
    assert wire.closed == 4008
    wide = Wire(room=1)
    wide.mailbox = Mailbox(wide, patience=Patience(messages=100, size_bytes=10))
    wide.mailbox.send(b"", 1.0)
    wide.mailbox.send(b"x" * 11, 1.0)
    assert wide.closed == 4008
