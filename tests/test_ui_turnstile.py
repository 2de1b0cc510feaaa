"""The turnstile: never more at once than it says, those who wait in order, the others refused at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.turnstile import Full, Turnstile


@given(st.integers(1, 4), st.integers(0, 5), st.integers(0, 20))
def test_so_many_at_once_so_many_waiting_and_all_others_refused(at_once: int, waiting: int, come: int) -> None:
    """Of a crowd that comes at the same moment, the first are served, in order."""
    inside, most, served, refused, again = 0, 0, list[int](), list[int](), set[int]()

    async def one(turnstile: Turnstile, number: int) -> None:
        nonlocal inside, most
        try:
            async with turnstile.turn():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1
                served.append(number)
        except Full as full:
            refused.append(number)
            again.add(full.seconds)

    async def crowd() -> None:
        turnstile = Turnstile(at_once, waiting, 3)
        await asyncio.gather(*(one(turnstile, number) for number in range(come)))
        async with turnstile.turn():  # nothing of the crowd is left in it
            pass

    asyncio.run(crowd())
    assert served == list(range(min(come, at_once + waiting)))
    assert refused == list(range(len(served), come))
    assert most <= at_once
    assert again == ({3} if refused else set())


def test_one_who_goes_away_while_waiting_leaves_the_place_to_another() -> None:
    """A connection that ends cancels its wait."""

    async def journey() -> None:
        turnstile = Turnstile(1, 1, 1)
        async with turnstile.turn():
            waiting = asyncio.ensure_future(turnstile.turn().__aenter__())
            await asyncio.sleep(0)
            with pytest.raises(Full):
                await turnstile.turn().__aenter__()
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
            again = asyncio.ensure_future(turnstile.turn().__aenter__())
            await asyncio.sleep(0)
            assert not again.done()
            again.cancel()
            with suppress(asyncio.CancelledError):
                await again

    asyncio.run(journey())


@pytest.mark.parametrize("values", [(0, 1, 1), (1, -1, 1), (1, 0, 0)])
def test_a_turnstile_that_could_let_nobody_through_is_refused(values: tuple[int, int, int]) -> None:
    """A mistake of ours, told at the start."""
    with pytest.raises(ValueError, match="at_once"):
        Turnstile(*values)
