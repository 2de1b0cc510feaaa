"""The command `serve` before it serves: where it may listen, and what it reads into an empty base."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys

import pytest

from assistant.assistant import Assistant
from ui.commands import AddressRefused, fill_when_empty, listen, loopback, register_serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.org", "127.0.0.2", ""])
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match=r"n'écoute que la sienne.*127\.0\.0\.1"):
        loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_this_machine_is_accepted(host: str) -> None:
    assert loopback(host).is_loopback


def test_a_busy_port_is_told_with_another_one_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressRefused, match=rf"Le port {port} .*cooperation serve --port \d+"):
            listen("127.0.0.1", port)


def test_a_free_port_is_taken_at_once() -> None:
    with listen("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_registering_the_command_opens_no_heavy_door() -> None:
    code = (
        "import sys, argparse, ui.commands as c; p = argparse.ArgumentParser(); c.register_serve(p.add_subparsers());"
        "print([m for m in ('gradio', 'fastapi', 'uvicorn', 'numpy', 'torch', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_starting_parses_no_source_of_the_interface_and_writes_nothing_beside_it() -> None:
    """Gradio's stubs cost a service half of its start; the interface has all its classes without them."""
    code = (
        "import sys, inspect; found = inspect.getfile; made = [];"
        "sys.addaudithook(lambda event, told: event == 'open' and str(told[0]).endswith('.pyi') and made.append(told));"
        "import ui.app; from ui.widgets import gr; gr.Button, gr.Blocks; print(len(made), inspect.getfile is found)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 True"


def test_the_command_takes_a_host_a_port_and_no_ingest() -> None:
    parser = argparse.ArgumentParser()
    register_serve(parser.add_subparsers())
    options = parser.parse_args(["serve", "--host", "::1", "--port", "0", "--no-ingest", "--data", "d"])
    assert (options.host, options.port, options.no_ingest, options.data) == ("::1", 0, True, "d")
    with pytest.raises(SystemExit):
        parser.parse_args(["serve", "--port", "70000"])


def test_an_empty_base_is_filled_once(product: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    fill_when_empty(product)
    assert {record.framework for record in product.documents()} >= {"ligue-arabe", "maghreb"}
    assert "lecture du corpus livré" in capsys.readouterr().err
    fill_when_empty(product)
    assert capsys.readouterr().err == ""
