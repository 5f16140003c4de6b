"""What a student has made, asked by plain values: here what is in this process; in exercises/apart what is not."""
import inspect
from typing import Any, Dict, Optional, Set, Tuple

from resnet_gluon.exercises.judge.errors import NotABlock
from resnet_gluon.exercises.judge.subject import Function, Subject, in_a_row
from resnet_gluon.exercises.judge.unchanged import unchanged

from mxnet.gluon import Block


class Attempt:
    """A class, a function or a value, of which checks know no more than what is asked here.

    Attributes
    ----------
    name : str
        Its own, or its type's where it has none.
    kind : str
        Its type's name.
    callable, is_block, is_class, is_block_class : bool
        What it is; `is_block`: a net that was made already.
    """

    def __init__(self, thing: Any) -> None:
        self._thing = thing
        self.kind = type(thing).__name__
        self.name = str(getattr(thing, "__name__", self.kind))
        self.callable = callable(thing)
        self.is_block = isinstance(thing, Block)
        self.is_class = inspect.isclass(thing)
        self.is_block_class = self.is_class and issubclass(thing, Block)

    @classmethod
    def of(cls, thing: Any) -> "Attempt":
        """Return it as an Attempt, which it can be already."""
        return thing if isinstance(thing, Attempt) else Attempt(thing)

    @property
    def names(self) -> Set[str]:
        """The names of its arguments. There are none for what is built in, which has no signature."""
        try:
            return set(inspect.signature(self._thing).parameters)
        except (TypeError, ValueError):
            return set()

    def fits(self, *arguments: Any, **options: Any) -> bool:
        """Whether it can be called with these arguments."""
        try:
            inspect.signature(self._thing).bind(*arguments, **options)
        except TypeError:
            return False
        except ValueError:
            pass  # built in, without a signature: the call will tell
        return True

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        with unchanged(*arguments):
            return self._thing(*arguments, **options)

    def make(self, arguments: Tuple[Any, ...], options: Dict[str, Any], row: bool = False) -> Optional[Subject]:
        """Return the net that it makes, not yet initialised; None where it gives that. row: a list of blocks will do.

        Raises NotABlock where it gives anything else.
        """
        net = self._thing(*arguments, **options)
        net = in_a_row(net) if row else net
        if net is not None and not isinstance(net, Block):
            raise NotABlock(type(net).__name__)
        return None if net is None else Subject(net, initialize=False)

    def with_more(self, *more: Any) -> Subject:
        """Return a function of an array, and of these further arguments, as a net."""
        return Subject(Function(self._thing, *more))
