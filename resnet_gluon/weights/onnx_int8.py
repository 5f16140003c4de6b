"""An ONNX model in integers of 8 bits, by ONNX Runtime's quantiser."""
import tempfile
from pathlib import Path
from typing import Any, Dict, Optional

from resnet_gluon.weights.graph import INPUT
from resnet_gluon.weights.onednn import quiet

import numpy as np

BATCH = 32  # of the images that calibrate


def quantise(model: Any, target: Any, calibration: np.ndarray) -> None:
    """Write `model` in int8 to `target`: weights with a scale for each channel, between operators that go to and fro.

    (ONNX calls the latter QDQ: QuantizeLinear, DequantizeLinear; a runtime computes what is between them in int8.)
    calibration: training images as the net sees them, float32 (n, C, H, W); the range of each layer's outputs is what
    it was on these.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Images(CalibrationDataReader):
        """One batch after another."""

        def __init__(self) -> None:
            self.batches = iter(np.array_split(calibration, -(-len(calibration) // BATCH)))

        def get_next(self) -> Optional[Dict[str, np.ndarray]]:
            batch = next(self.batches, None)
            return None if batch is None else {INPUT: batch}

    with tempfile.TemporaryDirectory() as folder, quiet():
        source = Path(folder, "float32.onnx")
        source.write_bytes(model.SerializeToString())
        quantize_static(str(source), str(target), Images(), quant_format=QuantFormat.QDQ, per_channel=True,
                        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8)


def count_quantised(model: Any) -> int:
    """How many convolutions and dense layers have their weights in int8."""
    from_int8 = {output for node in model.graph.node if node.op_type == "DequantizeLinear" for output in node.output}
    return sum(node.op_type in ("Conv", "Gemm") and node.input[1] in from_int8 for node in model.graph.node)
