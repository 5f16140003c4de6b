"""The command line, a module a command: each reads its arguments, leaves the work to the package, and says what came.

A command is a function `add_parser(commands)`, which adds it by `console.add_command`. `python -m resnet_gluon` lists
them in its table.
"""
