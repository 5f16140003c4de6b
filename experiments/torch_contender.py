"""ResNet-18 in PyTorch, as it is mostly used, and in the ways that a careful user would try."""
import importlib.util
import shutil
from typing import Any, Dict, List, NamedTuple, Tuple

from resnet_gluon import resnet18
from resnet_gluon.nets import live_taps


class Way(NamedTuple):
    """How PyTorch is used. live: only the taps that meet the image, as in our `nets.trimmed`."""
    channels_last: bool = False
    fused: bool = False
    bfloat16: bool = False
    compiled: bool = False
    live: bool = False


WAYS: Dict[str, Way] = {
    "PyTorch": Way(), "PyTorch, channels last": Way(channels_last=True), "PyTorch, fused optimiser": Way(fused=True),
    "PyTorch, bfloat16": Way(bfloat16=True), "PyTorch, compiled": Way(compiled=True, fused=True),
    "PyTorch, live taps": Way(fused=True, live=True)}


def available(name: str) -> bool:
    """Whether a contender can take part here: PyTorch is installed, and a C++ compiler where it compiles."""
    if name not in WAYS:
        return True
    if importlib.util.find_spec("torch") is None:
        return False
    return not WAYS[name].compiled or shutil.which("g++") is not None


def kernels(size: int, live: bool) -> Dict[str, Tuple[Tuple[int, ...], Tuple[int, ...]]]:
    """Kernel and padding of each convolution in a block, by the name of its weight in our net."""
    found = {}
    for name, taps in live_taps(resnet18(), (1, 1, size, size)).items():
        options = taps.layer._kwargs
        kept = taps.kept if live else tuple((0, kernel) for kernel in options["kernel"])
        found[name] = (tuple(stop - start for start, stop in kept),
                       tuple(pad - start for pad, (start, _) in zip(options["pad"], kept)))
    return found


def make(size: int, live: bool) -> Any:
    """The net."""
    import torch
    from torch.nn import BatchNorm2d, Conv2d, Linear, MaxPool2d, Module, ReLU, Sequential
    shapes = kernels(size, live)

    class Block(Module):
        def __init__(self, name: str, inputs: int, outputs: int) -> None:
            super().__init__()
            stride = 1 if inputs == outputs else 2
            first, second = (shapes[f"{name}.conv{i}.weight"] for i in (1, 2))
            self.branch = Sequential(
                Conv2d(inputs, outputs, first[0], stride, first[1], bias=False), BatchNorm2d(outputs), ReLU(),
                Conv2d(outputs, outputs, second[0], 1, second[1], bias=False), BatchNorm2d(outputs))
            self.shortcut = Sequential() if stride == 1 else Sequential(
                Conv2d(inputs, outputs, 1, stride, bias=False), BatchNorm2d(outputs))

        def forward(self, x: Any) -> Any:
            return torch.relu(self.shortcut(x) + self.branch(x))

    blocks: List[Any] = []
    for stage, channels in enumerate((64, 128, 256, 512), 1):
        blocks += [Block(f"stage{stage}.0", max(64, channels // 2), channels),
                   Block(f"stage{stage}.1", channels, channels)]
    return Sequential(Conv2d(1, 64, 7, 2, 3, bias=False), BatchNorm2d(64), ReLU(), MaxPool2d(3, 2, 1), *blocks,
                      torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), Linear(512, 10))


class PyTorch:
    """The same network as the package's, trained with the same optimiser, in one of WAYS."""

    def __init__(self, batch: int, size: int, way: Way) -> None:
        import torch
        torch.manual_seed(0)
        self.torch, self.way, net = torch, way, make(size, way.live)
        self.images, self.labels = torch.randn(batch, 1, size, size), torch.randint(10, (batch,))
        if way.channels_last:
            net = net.to(memory_format=torch.channels_last)
            self.images = self.images.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4,
                                         fused=way.fused or None)
        self.net = torch.compile(net) if way.compiled else net

    def train(self) -> None:
        self.net.train()
        self.optimizer.zero_grad()
        with self.torch.autocast("cpu", self.torch.bfloat16, enabled=self.way.bfloat16):
            loss = self.torch.nn.functional.cross_entropy(self.net(self.images), self.labels)
        loss.backward()
        self.optimizer.step()

    def predict(self) -> None:
        self.net.eval()
        with self.torch.inference_mode(), self.torch.autocast("cpu", self.torch.bfloat16, enabled=self.way.bfloat16):
            self.net(self.images)
