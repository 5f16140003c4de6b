"""How commands are described, what they say, and how they end."""
import argparse
import errno
import json
import subprocess
import sys
import warnings

from resnet_gluon.commands import console
from resnet_gluon.commands.console import Failed, add_command, add_json, lengths, plain_warnings, say, sentence

import pytest


def ends(error, kept="Nothing was changed."):
    """With which message, and which code, a command ends whose work raises this."""
    def work(_):
        raise error
    with pytest.raises(SystemExit) as caught:
        console.carry_out("do", work, kept, argparse.Namespace())
    return caught.value.code


@pytest.mark.parametrize("error, message", [
    (ValueError("lr must be\n  above 0"), "do: lr must be above 0"),
    (FileNotFoundError(errno.ENOENT, "No such file or directory", "a.png"), "do: No such file or directory: a.png"),
    (OSError(errno.ENOSPC, "No space left on device"), "do: No space left on device"),
    (FloatingPointError("the loss is nan"), "do: the loss is nan"),
    (MemoryError(), "do: MemoryError"),
    (Failed("a cell failed\n1 / 0"), "do: a cell failed\n1 / 0"),
    (KeyboardInterrupt(), "\ndo: stopped by Ctrl-C. Nothing was changed."),
    (KeyboardInterrupt("runs/a keeps the run."), "\ndo: stopped by Ctrl-C. runs/a keeps the run.")])
def test_what_the_reader_can_help_is_a_sentence(error, message):
    assert ends(error) == message  # a text as code: printed on the error stream, and 1


@pytest.mark.parametrize("error", (TypeError("wrong"), KeyError("a"), AssertionError()))
def test_what_only_we_can_mend_keeps_its_traceback(error):
    with pytest.raises(type(error)):
        console.carry_out("do", lambda _: (_ for _ in ()).throw(error), "", argparse.Namespace())


def test_of_mxnet_s_errors_the_last_line_is_said():
    assert sentence(RuntimeError('Traceback (most recent call last):\n  File "a.cc", line 1\nMXNetError: no logits')) \
        == "MXNetError: no logits"


def test_help_has_examples_and_the_codes(capsys):
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers(), "do", print, "do it", "Do all of it.", ["", "this --fast"])
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["do", "--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0 and "Do all of it." in out
    assert "examples:\n  python -m resnet_gluon do\n  python -m resnet_gluon do this --fast\n" in out
    assert "0: done; 1: it could not be done" in out and "2: called in a wrong way" in out


def test_results_are_text_or_json(capsys):
    parser = argparse.ArgumentParser()
    add_json(parser)
    say(parser.parse_args([]), {"a": 1}, "a is 1")
    assert capsys.readouterr().out == "a is 1\n"
    say(parser.parse_args(["--json"]), {"a": 1}, "a is 1")
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_lengths_of_a_shape():
    assert lengths("3,32,32") == (3, 32, 32)
    for wrong in ("", "3,", "3,0,1", "-1", "a"):
        with pytest.raises(ValueError):
            lengths(wrong)


def test_warnings_are_sentences(capsys):
    with warnings.catch_warnings():
        plain_warnings()
        warnings.warn("the disk is full", UserWarning, stacklevel=1)
        warnings.warn("Cannot decide type for the following arguments", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "warning: the disk is full\n"


def test_a_reader_of_a_pipe_who_has_seen_enough_gets_no_traceback():
    program = """
import argparse
from resnet_gluon.commands.console import carry_out
carry_out("do", lambda _: [print("line " * 20) for _ in range(10_000)], "", argparse.Namespace())"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait(60) == 1
