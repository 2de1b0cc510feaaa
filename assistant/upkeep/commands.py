"""The commands that keep the data whole: verify, backup, restore, doctor."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from assistant.cli import add_command
from assistant.settings import Settings

Commands = argparse._SubParsersAction


def register_verify(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation verify`."""
    parser = add_command(
        commands, "verify", "vérifier textes, passages et index ; code 1 si quelque chose est faux", _verify
    )
    parser.add_argument("--json", action="store_true", help="résultat en JSON")


def register_backup(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation backup`."""
    parser = add_command(
        commands, "backup", "sauvegarder toute la base dans un fichier, service ouvert ou non", _backup
    )
    parser.add_argument("file", metavar="FICHIER", type=Path)


def register_restore(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation restore`."""
    parser = add_command(commands, "restore", "rétablir une sauvegarde, puis refaire l'index", _restore)
    parser.add_argument("file", metavar="FICHIER", type=Path)
    parser.add_argument("--force", action="store_true", help="remplacer la base qui est là")
    parser.add_argument("--sha256", metavar="EMPREINTE", help="refuser un fichier d'une autre empreinte")


def register_doctor(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation doctor`."""
    parser = add_command(
        commands, "doctor", "examiner l'installation ; code 1 si quelque chose empêche de servir", _doctor
    )
    parser.add_argument("--offline", action="store_true", help="n'ouvrir aucune connexion, et le prouver")
    parser.add_argument("--json", action="store_true", help="résultat en JSON")


def _settings(options: argparse.Namespace) -> Settings:
    return Settings.from_env(os.environ, options.data)


def _verify(options: argparse.Namespace) -> int:
    from assistant.wiring import verify

    report = verify(_settings(options))
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
        return 0 if report.ok else 1
    print(f"{report.documents} documents, {report.chunks} passages, vérifiés en {report.seconds:.1f} s")
    for problem in report.problems:
        print(f"FAUX   {problem.where} : {problem.message}\n       à faire : {problem.mend}")
    for note in report.notes:
        print(f"note   {note}")
    print("Tout est comme il a été écrit." if report.ok else f"{len(report.problems)} problème(s).")
    return 0 if report.ok else 1


def _backup(options: argparse.Namespace) -> int:
    from assistant.upkeep.backup import backup

    settings = _settings(options)
    manifest, digest = backup(settings.database_url, settings.data, options.file)
    print(f"{options.file} : {manifest.documents} documents, {manifest.users} comptes, relu et intact")
    print(f"sha256 {digest}  (à garder ailleurs : cooperation restore --sha256 le vérifie)")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from assistant.wiring import restore

    manifest, chunks = restore(_settings(options), options.file, options.force, options.sha256)
    print(f"Rétabli au {manifest.made_at} : {manifest.documents} documents, {manifest.users} comptes.")
    print(f"Index refait : {chunks} passages.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from assistant.upkeep.doctor import WORDS, examine, to_json

    findings = examine(os.environ, options.data, options.offline)
    result = to_json(findings)
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for found in findings:
            print(f"{WORDS[found.state]:7}{found.name:10}{found.message}")
            if found.mend and found.state != "ok":
                print(f"{'':17}à faire : {found.mend}")
        print("Prêt à servir." if result["ok"] else "Des points empêchent de servir ou d'être sûr.")
    return 0 if result["ok"] else 1
