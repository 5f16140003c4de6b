"""What all commands share: how they are described, what they say, and how they end.

They end with 0 when it is done, with 1 and one sentence on the error stream when it could not be, with 2 where they
were called in a wrong way.
"""
import argparse
import json
import os
import sys
import warnings
from functools import partial
from textwrap import fill
from typing import Any, Callable, Sequence, Tuple

PROGRAM = "python -m resnet_gluon"
ENDINGS = "ends with 0: done; 1: it could not be done, and one sentence says why; 2: called in a wrong way"
Work = Callable[[argparse.Namespace], None]


class Failed(RuntimeError):
    """What could not be done; its message is said as it is."""


def add_command(commands: Any, name: str, work: Work, summary: str, about: str, examples: Sequence[str],
                kept: str = "Nothing was changed.") -> argparse.ArgumentParser:
    """Add a command to the subparsers of the command line; gives its parser, for its arguments.

    Parameters
    ----------
    work : function
        What is done with the parsed arguments. Its errors end the process in one sentence.
    summary, about, examples
        For --help: a line, some sentences, and what can follow `python -m resnet_gluon`.
    kept : str
        What is said after Ctrl-C, which gives no sentence of its own.
    """
    shown = "\n".join(f"  {PROGRAM} {name} {example}".rstrip() for example in examples)
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=fill(about, 100), epilog=f"examples:\n{shown}\n\n{ENDINGS}",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.set_defaults(run=partial(carry_out, name, work, kept))
    return parser


def carry_out(name: str, work: Work, kept: str, arguments: argparse.Namespace) -> None:
    """Do a command's work. Whatever the reader can help ends the process with one sentence and the code 1."""
    try:
        work(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt as stop:
        sys.exit(f"\n{name}: stopped by Ctrl-C. {stop.args[0] if stop.args else kept}")
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Failed as error:
        sys.exit(f"{name}: {error}")
    except (ValueError, OSError, RuntimeError, ArithmeticError, MemoryError) as error:
        sys.exit(f"{name}: {sentence(error)}")  # DataNotFound and MXNetError are RuntimeErrors


def sentence(error: BaseException) -> str:
    """An error's message in one line; of MXNet's, with their lines of C++, the last."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{'' if error.filename is None else f': {error.filename}'}"
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    return lines[-1] if lines[0].startswith("Traceback") else " ".join(lines)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a command the option --json."""
    parser.add_argument("--json", action="store_true", help="say the result as JSON, and nothing else")


def say(arguments: argparse.Namespace, value: Any, text: str) -> None:
    """Print a command's result: `value` as JSON where that was asked for, else `text`."""
    print(json.dumps(value, indent=1) if arguments.json else text)


def lengths(text: str) -> Tuple[int, ...]:
    """1,28,28 as a tuple, for `type=` of an argument."""
    numbers = tuple(int(length) for length in text.split(","))
    if min(numbers) < 1:
        raise ValueError(text)
    return numbers


def plain_warnings() -> None:
    """Have warnings on the error stream as sentences, without the line of code that they come from."""
    def show(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
        print(f"warning: {message}", file=sys.stderr)
    warnings.showwarning = show
    warnings.filterwarnings("ignore", "Cannot decide type for the following")  # MXNet, wherever an export is read
