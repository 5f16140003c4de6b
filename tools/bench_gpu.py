"""How fast training is on this machine's NVIDIA cards: `make bench-gpu`. Without a card it says so and ends with 2.

ResNet-50 in float32 on noise, 64 images a card, 224 pixels: images a second on one card, two, four … and all, how many
times as fast as one that is, and the share of a card's peak; beside published numbers for V100s (GluonCV).
"""
import sys
import time
from typing import Any, Dict, List

from resnet_gluon import Training, describe, devices, resnet50
from resnet_gluon.gpu import cards
from resnet_gluon.training import one_cycle, one_step

import mxnet as mx

IMAGES, PIXELS, STEPS = 64, 224, 20
PUBLISHED = {1: 384, 8: 2556}  # images a second, V100, float32
#: Multiply-adds a second in float32, 10¹²: half of what data sheets call TFLOPS.
PEAKS = {"P100": 5.3, "V100": 7.85, "T4": 4.05, "A100": 9.75, "A10": 15.6, "A40": 18.7, "RTX 30": 17.8}


def speed(contexts: List[Any], images: int = IMAGES, pixels: int = PIXELS, steps: int = STEPS) -> float:
    """Images a second on these devices, `images` on each a step."""
    net = resnet50(num_classes=1000)
    net.initialize(ctx=contexts)
    net.hybridize(static_alloc=True, static_shape=True)
    x = mx.np.random.normal(size=(images * len(contexts), 3, pixels, pixels))
    y = mx.np.zeros(len(x), dtype="int32")
    for context in contexts:
        net(x[:1].as_in_ctx(context))
    trainer = one_cycle(net, Training(epochs=1, lr=0.001), steps=10 * steps)
    for step in range(3 + steps):
        if step == 3:  # compiled, allocated
            mx.npx.waitall()
            start = time.perf_counter()
        one_step(net, trainer, x, y, contexts)
    mx.npx.waitall()
    return steps * len(x) / (time.perf_counter() - start)


def counts(number: int) -> List[int]:
    """1, 2, 4 … and all."""
    return sorted({*(2 ** power for power in range(10) if 2 ** power <= number), number})


def table(speeds: Dict[int, float], card: str, work: float) -> str:
    """Speeds by number of cards as lines. work: multiply-adds of a forward pass; a step has three times as many."""
    peak = next((value for name, value in PEAKS.items() if name in card), None)
    lines = [f"{card}: ResNet-50, float32, {IMAGES} images a card, {PIXELS} pixels",
             "cards   images/s   times one   of the peak   V100s, published"]
    for number, found in speeds.items():
        share = f"{3 * work * found / number / (peak * 1e12):.0%}" if peak else "unknown"
        lines.append(f"{number:5d}{found:11,.0f}{found / speeds[1]:12.2f}{share:>14}"
                     f"{PUBLISHED.get(number, ''):>19}")
    return "\n".join(lines)


def main() -> int:
    found = [context for context in devices() if context.device_type == "gpu"]
    if not found:
        print("bench-gpu: there is no GPU here that MXNet can use. make setup GPU=1 installs its build for NVIDIA's "
              "cards; make bench measures the CPU.", file=sys.stderr)
        return 2
    speeds = {number: speed(found[:number]) for number in counts(len(found))}
    name = (cards() or [("a card of unknown name", (0, 0))])[0][0]
    print(table(speeds, name, describe(resnet50(num_classes=1000), (1, 3, PIXELS, PIXELS)).macs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
