"""Run folders of small nets, and the command line in this process."""
import json

from resnet_gluon import Training, resnet
from resnet_gluon.__main__ import main

import pytest
from small_data import colour
from tiny import train


@pytest.fixture(scope="session")
def run_folder(data, tmp_path_factory):
    """A run's, on grey images."""
    path = tmp_path_factory.mktemp("runs") / "grey"
    train(data, resnet(((16, 1), (32, 1))), epochs=1, folder=path)
    return path


@pytest.fixture(scope="session")
def colour_folder(tmp_path_factory):
    """A run's, on colour images of 6×5 pixels."""
    from resnet_gluon import fit
    data = type("Colour", (), {"train": colour(), "val": colour(), "edition": "1", "classes": tuple("abcdefghij"),
                               "__str__": lambda _: "Colour, edition 1"})()
    path = tmp_path_factory.mktemp("runs") / "colour"
    fit(resnet(((8, 1),), stem="small"), data, Training(epochs=1, batch_size=4), folder=path, progress=False)
    return path


@pytest.fixture
def command(capsys):
    """Does a command as `python -m resnet_gluon` would: what it printed, as JSON's value after --json."""
    def done(*arguments):
        capsys.readouterr()
        main([str(argument) for argument in arguments])
        out = capsys.readouterr().out
        return json.loads(out) if "--json" in arguments else out
    return done


@pytest.fixture
def fails(capsys):
    """Does a command that cannot be done: the one sentence that it says."""
    def done(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        message = str(caught.value)
        assert message.startswith(f"{arguments[0]}: ") and "\n" not in message and "Traceback" not in message, message
        return message[len(arguments[0]) + 2:]
    return done
