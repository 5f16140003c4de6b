"""Files of PyTorch: pickles whose few bytes describe much, nest deep, or name something by what is no name."""
import struct

import pytest
from crafted import (
    deep,
    items,
    legacy,
    listed,
    number,
    reference,
    shared,
    shared_list,
    state,
    tensor,
    text,
    whole,
    zipped,
)

ORDERED = b"ccollections\nOrderedDict\n"
EXPANDING = {"shared tuples": shared(), "shared text": shared(text("x")), "shared lists": shared_list(),
             "depth": deep(300_000)}
PLACES = {
    "a dictionary's key": lambda value: state(tensor(), key=value),
    "a key among pairs": lambda value: whole(ORDERED + listed(listed(value, tensor())) + b"\x85R"),
    "a module's name": lambda value: whole(value + text("x") + b"\x93"),
    "a class's name": lambda value: whole(text("torch") + value + b"\x93"),
    "what is called": lambda value: whole(value + b")R"),
    "what is called with": lambda value: whole(ORDERED + value + b"R"),
    "a reference": lambda value: state(tensor(storage=value + b"Q")),
    "a storage's key": lambda value: state(tensor(reference(key=value))),
    "a storage's type": lambda value: state(tensor(reference(kind=value))),
    "a storage's size": lambda value: state(tensor(reference(size=value))),
    "a storage": lambda value: state(tensor(storage=value)),
    "an offset": lambda value: state(tensor(offset=value)),
    "a shape": lambda value: state(tensor(shape=value)),
    "strides": lambda value: state(tensor(strides=value)),
    "a dimension": lambda value: state(tensor(shape=items(value))),
    "a value": lambda value: state(value),
    "the whole": whole}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", EXPANDING)
@pytest.mark.parametrize("form", (zipped, legacy))
def test_what_expands_is_refused_wherever_it_stands(form, kind, place, attack):
    attack("tensors", form(PLACES[place](EXPANDING[kind])))


@pytest.mark.parametrize("kind", EXPANDING)
def test_what_expands_is_refused_in_every_pickle_of_the_older_format(kind, attack):
    value = whole(EXPANDING[kind])
    attack("tensors", legacy(state(tensor()), keys=value))
    attack("tensors", legacy(state(tensor()), keys=whole(listed(EXPANDING[kind]))))
    attack("tensors", legacy(state(tensor()), about=value))
    attack("tensors", value)


@pytest.mark.parametrize("place", ("a dictionary's key", "a class's name", "a storage's key", "a shape", "the whole"))
def test_a_million_tuples_inside_one_another(place, attack):
    attack("tensors", zipped(PLACES[place](deep())))


def growing(times=20_000):
    """A dictionary that is copied after each new entry."""
    start = b"}q\0" + ORDERED + b"q\1"
    return whole(start + b"".join(b"h\0" + text(f"{i:06}") + b"Nsh\1h\0\x85R" for i in range(times)))


def copied_pairs(times=20_000):
    pairs = listed(*[listed(text(f"{i:06}"), b"N") for i in range(times)])
    return whole(pairs + b"q\0" + ORDERED + b"q\1" + b"h\1h\0\x85R" * times)


def unpacked(times=100_000):
    """A long list that is a function's arguments again and again."""
    return whole(listed(tensor(), b"N" * times) + b"q\0ctorch._utils\n_rebuild_parameter\nq\1" + b"h\1h\0R" * times)


def alike(times=100_000):
    """Integers of one hash, as keys of one dictionary."""
    return whole(b"}(" + b"".join(number(i * (2 ** 61 - 1)) + b"N" for i in range(1, times)) + b"u")


@pytest.mark.parametrize("make", (growing, copied_pairs, unpacked, alike))
def test_work_that_grows_faster_than_the_file_is_refused(make, attack):
    attack("tensors", zipped(make()))


LARGE = number(2 ** (8 * 10 ** 6))


@pytest.mark.parametrize("pickle", [
    state(tensor(shape=items(number(1) * 200_000), strides=items(number(1) * 200_000))),
    state(tensor(shape=listed(number(0) * 9), strides=listed(number(1) * 9))),
    state(tensor(shape=items(LARGE))), state(tensor(strides=items(LARGE))), state(tensor(offset=LARGE)),
    state(tensor(reference(size=LARGE))), state(tensor(reference(key=LARGE))), state(tensor(), key=LARGE),
    state(tensor(shape=items(number(2 ** 63)), strides=items(number(0)))),
    state(tensor(shape=items(b"\x88"))), state(tensor(shape=text("4"))), state(tensor(offset=b"N"))],
    ids=["200,000 dimensions", "nine", "large", "strides", "offset", "size", "key", "dictionary's key", "2**63",
         "true", "text", "nothing"])
def test_shapes_and_names_are_small_numbers_and_text(pickle, attack):
    attack("tensors", zipped(pickle))
    attack("tensors", legacy(pickle))


def test_a_number_as_a_name_is_refused(attack):
    assert "name" in attack("tensors", zipped(state(tensor(), key=number(7))))
    assert "name" in attack("tensors", legacy(state(tensor(), key=number(7))))


def test_storages_of_a_size_that_the_file_has_not(attack):
    for size in (-1, 0, 3, 5, 2 ** 40, 2 ** 62):
        pickle = state(tensor(reference(size=number(size)), shape=items(number(0))))
        attack("tensors", zipped(pickle))
        if size not in (0, 3):  # what follows a file of the older format is not read
            attack("tensors", legacy(pickle, storages=struct.pack("<q", size) + bytes(16)))
    attack("tensors", legacy(state(tensor()), storages=b""))


def test_storages_that_are_referred_to_in_two_ways(attack):
    two = whole(b"}" + text("a") + tensor() + b"s" + text("b")
                + tensor(reference(kind=b"ctorch\nIntStorage\n")) + b"s")
    attack("tensors", zipped(two))
    attack("tensors", legacy(two))


def test_a_storage_that_is_listed_again_and_again(attack):
    again = whole(listed(text("0") * 100_000))
    attack("tensors", legacy(state(tensor()), keys=again, storages=(struct.pack("<q", 4) + bytes(16)) * 100_000))


def test_text_without_end_as_a_name(attack):
    for place in ("a module's name", "a class's name", "a storage's key", "a storage's type"):
        attack("tensors", zipped(PLACES[place](text("x" * 10 ** 6))))
    attack("tensors", zipped(whole(b"c" + b"x" * 10 ** 6 + b"\nx\n")))


def test_a_list_and_a_dictionary_that_hold_themselves(attack):
    attack("tensors", zipped(whole(b"]q\0h\0a")))
    attack("tensors", zipped(whole(b"}q\0" + text("state_dict") + b"h\0s")))


@pytest.mark.parametrize("operation", (b"\x85", b"\x86", b"\x87", b"R", b"b", b"s", b"a", b"t", b"u", b"e", b"Q",
                                       b"\x93", b"q\0", b"h\7", b"."))
def test_operations_on_an_empty_stack(operation, attack):
    attack("tensors", zipped(b"\x80\x02" + operation + b"."))
