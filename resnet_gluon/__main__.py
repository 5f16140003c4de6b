"""The command line of the course: python -m resnet_gluon COMMAND, and --help after each for examples."""
import argparse
import sys

from resnet_gluon.commands import data, describe, evaluate, execute, export, launch, predict, run, train
from resnet_gluon.commands.console import ENDINGS, PROGRAM, plain_warnings

#: In the order of --help. A command is a module with a function `add_parser(commands)`.
COMMANDS = (run, execute, train, evaluate, predict, export, describe, data, launch)


def main(arguments=None):
    try:
        parser = argparse.ArgumentParser(prog=PROGRAM, description=__doc__, epilog=f"each {ENDINGS}")
        commands = parser.add_subparsers(metavar="COMMAND", required=True)
        for command in COMMANDS:
            command.add_parser(commands)
        chosen = parser.parse_args(arguments)
        plain_warnings()
        chosen.run(chosen)
    except KeyboardInterrupt:
        sys.exit("\nstopped by Ctrl-C, before anything was begun")


if __name__ == "__main__":
    main()
