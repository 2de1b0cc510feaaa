"""Which files go first: those that take longest, so that two processes end together and none waits for a last file.

A file is given whole to a process; without an order the long ones, which have few tests, would come last.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

LONGEST: Final = (
    "test_evals_gate_real.py",
    "test_journey_ministry_text.py",
    "test_journey_chat.py",
    "test_journey_documents.py",
    "test_assistant_backup.py",
    "test_journey_terminal.py",
    "test_corpus_ocr.py",
    "test_journey_accounts.py",
    "test_durability_faults.py",
    "test_journey_history.py",
    "test_index_reader.py",
    "test_kill_loop.py",
    "test_journey_conversation.py",
    "test_corpus_guard.py",
    "test_assistant_doctor.py",
    "test_journey_evaluations.py",
    "test_journey_library.py",
    "test_journey_fiches.py",
    "test_assistant_cli.py",
    "test_ui_library.py",
    "test_assistant_injection.py",
    "test_durability_states.py",
    "test_assistant_check.py",
)
"""By processor seconds, the dearest first."""


def rank(path: Path) -> int:
    """Where a file of tests stands: those that are not named come last, in their own order."""
    return LONGEST.index(path.name) if path.name in LONGEST else len(LONGEST)
