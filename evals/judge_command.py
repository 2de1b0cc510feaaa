"""The command `cooperation evals judge`: its options, and what it prints. Nothing heavy until it runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from index.served import served_at

JUDGE_HELP = "demander à un modèle si chaque phrase répond : un avis à part, qui ne décide de rien"
KEY = "COOPERATION_LLM_API_KEY"


def register_judge(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("made", type=Path, metavar="RÉPONSES")
    parser.add_argument(
        "--model",
        required=True,
        type=model_at,
        metavar="openai:MODÈLE@URL",
        help=f"modèle derrière une adresse compatible OpenAI, telle que openai:qwen@http://127.0.0.1:8091/v1 ({KEY})",
    )


def run_judge(options: argparse.Namespace, key: str) -> int:
    """Ask the model, with this key if there is one, about every answered case; 1 where it has no opinion on any."""
    from evals.judge import judge, openai_chat, opinions_path
    from evals.product import progress_bar
    from evals.run_file import read_run

    model, url = options.model
    run = read_run(options.made)
    chat = openai_chat(model, url, key)
    path = opinions_path(options.made)
    with progress_bar("réponse") as progress:
        found = judge(run, chat, model, path, progress)
    counts = found.counts
    print(
        "phrases qui répondent : {yes} oui, {partly} en partie, {no} non ; réponses sans avis : {failed}".format(
            **counts
        )
    )
    if failed := next((opinion.error for opinion in found.by_case.values() if opinion.error), None):
        print(f"premier échec : {failed}")
    print(path)
    return 1 if counts["failed"] and counts["failed"] == len(found.by_case) else 0


def model_at(text: str) -> tuple[str, str]:
    """The model and the address of `openai:MODEL@URL`, for argparse.

    >>> model_at("openai:org/qwen@2.5@http://127.0.0.1:8091/v1")
    ('org/qwen@2.5', 'http://127.0.0.1:8091/v1')
    """
    found = served_at(text)
    if found is None:
        raise argparse.ArgumentTypeError("openai:MODÈLE@URL, telle que openai:qwen@http://127.0.0.1:8091/v1")
    return found
