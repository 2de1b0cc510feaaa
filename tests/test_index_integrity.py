"""What no search finds is told, and mended from the records."""

from __future__ import annotations

from pathlib import Path

import kill_worker
import pytest

from index import build, store
from index.generations import open_generation
from index.integrity import REINDEX, check_index
from index.records import opened


def test_passages_that_no_search_finds_are_told_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the rule that makes worn collections anew, exchanging everything loses some: real damage."""
    monkeypatch.setattr(store, "DEAD", float("inf"))
    model = kill_worker.RandomVectors()
    with opened(f"sqlite:///{tmp_path / 'records.db'}") as records:
        generation = open_generation(records, tmp_path, model.name)
        for version in range(20):
            for _ in build.build(records, model, [kill_worker.source(number, version) for number in range(24)]):
                pass
            generation.catch_up()
            problems = list(check_index(records, generation))
            if problems:
                break
        assert [problem.mend for problem in problems] == [REINDEX]
        assert "ne sont trouvés par aucune recherche" in problems[0].message
        generation.close()
        generation = open_generation(records, tmp_path, model.name, anew=True)
        assert list(check_index(records, generation)) == []
        generation.close()
