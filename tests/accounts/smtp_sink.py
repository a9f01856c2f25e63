"""A mail server on a free port that keeps what it gets, and can be told to refuse, drop or hang."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from email.message import Message as Letter
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """A context manager. Answers are SMTP replies ("450 later"), or one of these where mails are taken: "drop" (nothing
    was kept), "keep and drop" (it was, but the sender never learns it), "hang"."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.connections = 0
        self.answer_to_sender = ""
        self.answers_to_recipient: dict[str, str] = {}
        self.answers_to_data: dict[str, str] = {}
        self.answer_to_all_data = ""
        self.seconds_a_mail = 0.0
        # The Message-IDs of mails that were kept, and whose senders did not go on with the same connection: perhaps
        # they never read the answer.
        self.unanswered: set[str] = set()
        self._last_kept: dict[Any, str] = {}  # by the sender's end of the connection
        # After it took this many mails, it keeps the last one's sender waiting for the 250 until `may_go_on` is set.
        self.holds_after = 0
        self.is_holding = threading.Event()
        self.may_go_on = threading.Event()
        self._mute: socket.socket | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each mail that was taken, in order."""
        return [str(letter["Message-ID"]) for letter in list(self.letters)]

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = 0
        self.listen()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        if self._mute is not None:
            self._mute.close()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def listen(self) -> None:
        """Take connections: from the beginning, and again on the same port after `stop`."""
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        asyncio.run_coroutine_threadsafe(self._serve(listener), self._loop).result(10)

    def stop(self) -> None:
        """Refuse new connections from now on."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    def mute_port(self) -> int:
        """A port that takes connections and never says a word."""
        self._mute = self._mute or socket.create_server((self.host, 0))
        return int(self._mute.getsockname()[1])

    async def _serve(self, listener: socket.socket) -> None:
        self._server = await self._loop.create_server(self._protocol, sock=listener)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(self, enable_SMTPUTF8=True, loop=self._loop)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _end(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # What aiosmtpd asks.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._hear(session)
        if self.answer_to_sender:
            return self.answer_to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers_to_recipient:
            return self.answers_to_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._hear(session)
        return "221 Bye"

    def _hear(self, session: Session) -> None:
        """The sender goes on, so it has read the answer to its last mail."""
        self.unanswered.discard(self._last_kept.pop(session.peer, ""))

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        answer = self.answers_to_data.get(envelope.rcpt_tos[0], self.answer_to_all_data)
        if self.seconds_a_mail:
            await asyncio.sleep(self.seconds_a_mail)
        while answer == "hang":
            await asyncio.sleep(0.01)
        letter = email.message_from_bytes(envelope.content or b"")
        if answer == "keep and drop":
            self.letters.append(letter)
            self.unanswered.add(str(letter["Message-ID"]))
        if answer.endswith("drop"):
            server.transport.abort()
            await asyncio.sleep(0)
            return "250 OK"
        if answer:
            return answer
        self.letters.append(letter)
        self._last_kept[session.peer] = str(letter["Message-ID"])
        self.unanswered.add(self._last_kept[session.peer])
        if len(self.letters) == self.holds_after:
            self.is_holding.set()
            while not self.may_go_on.is_set():
                await asyncio.sleep(0.01)
        return "250 OK"
