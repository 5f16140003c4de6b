"""What a run shows while it goes on, and how it is asked to stop."""
import signal
import sys
import threading

from resnet_gluon.settings import text_bars


class Interrupt:
    """Within `with Interrupt() as asked:` Ctrl-C only makes `asked` true; a second Ctrl-C interrupts as ever.

    So a training loop can stop between two steps. Outside Python's main thread, and where a process ignores Ctrl-C,
    nothing changes.
    """

    def __init__(self):
        self.asked, self.former = False, None

    def __bool__(self):
        return self.asked

    def __enter__(self):
        former = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and former not in (signal.SIG_IGN, None):
            self.former = signal.signal(signal.SIGINT, self.ask)
        return self

    def ask(self, *_):
        self.asked = True
        signal.signal(signal.SIGINT, self.former)

    def __exit__(self, *_):
        if self.former is not None:
            signal.signal(signal.SIGINT, self.former)


class Progress:
    """One bar over all training images, in terminals and notebooks; one plain line an epoch, everywhere.

    total: images. wanted: False shows nothing. watch: a function that is handed the history after every epoch.
    """

    def __init__(self, total, wanted, watch=None):
        self.total, self.wanted, self.watch, self.numbers = total, wanted, watch, {}

    def __enter__(self):
        if text_bars():
            from tqdm import tqdm
        else:
            from tqdm.auto import tqdm
        # a terminal that does not know its size reports 0, and tqdm would show nothing
        size = {} if tqdm.__module__ == "tqdm.notebook" else {"ncols": 110, "nrows": 20}
        live = sys.stdout.isatty() or type(sys.stdout).__module__.startswith("ipykernel")
        self.bar = tqdm(total=self.total, unit=" images", unit_scale=True, leave=False, mininterval=1,
                        file=sys.stdout, disable=not (self.wanted and live), **size)
        return self

    def __exit__(self, *_):
        self.bar.close()

    def start(self, done):
        """Images that an earlier run had seen count as done, but not as fast."""
        self.bar.initial = self.bar.n = done

    def step(self, images):
        self.bar.update(images)

    def show(self, epoch, epochs, **numbers):
        self.bar.set_description(f"epoch {epoch + 1}/{epochs}", refresh=False)
        self.numbers.update({name: f"{value:.3f}" for name, value in numbers.items()})
        self.bar.set_postfix(self.numbers, refresh=False)

    def say(self, line):
        if self.wanted:
            self.bar.write(line, file=sys.stdout)

    def epoch(self, history):
        self.say(history.last_epoch())
        self.numbers["val_accuracy"] = f"{history.last.val_accuracy:.4f}"
        if self.watch:
            self.watch(history)
