"""The command line as a whole: its table, its help, and its codes in processes of their own."""
import subprocess
import sys

from resnet_gluon.__main__ import COMMANDS, main

import pytest


def run(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "resnet_gluon", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, **options)


def test_every_command_of_the_table_explains_itself_with_examples(capsys):
    names = [command.__name__.rpartition(".")[2] for command in COMMANDS]
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    out = capsys.readouterr().out
    assert end.value.code == 0 and all(f"    {name} " in out for name in names) and "one sentence says why" in out
    for name in names:
        with pytest.raises(SystemExit) as end:
            main([name, "--help"])
        out = capsys.readouterr().out
        assert end.value.code == 0 and f"examples:\n  python -m resnet_gluon {name}" in out, name


@pytest.mark.parametrize("arguments", ([], ["fly"], ["describe"], ["train"], ["run", "--loud"]))
def test_wrong_usage_is_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2 and "usage: python -m resnet_gluon" in capsys.readouterr().err


@pytest.mark.slow
def test_codes_and_streams_of_processes(tmp_path):
    done = run("describe", "resnet18")
    assert done.returncode == 0 and "11,175,370" in done.stdout and done.stderr == ""
    failed = run("describe", "resnet19", cwd=tmp_path)
    assert failed.returncode == 1 and failed.stdout == ""
    assert failed.stderr.startswith("describe: resnet19 is neither") and failed.stderr.count("\n") == 1
    assert run("describe").returncode == 2


@pytest.mark.slow
def test_help_is_quick_to_come():
    """Without what runs notebooks."""
    program = ("import sys; from resnet_gluon.__main__ import main\ntry: main(['run', '--help'])\n"
               "except SystemExit: print(*sys.modules)")
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "--folder" in out and not {"nbclient", "nbconvert", "IPython", "PIL.Image"} & set(out.split())
