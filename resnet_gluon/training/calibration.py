"""Whether a net's confidence is deserved: of the answers given with 80 %, are 80 % right?"""
from dataclasses import dataclass

from resnet_gluon.arguments import positive_int
from resnet_gluon.training.evaluation import Evaluation

import numpy as onp


@dataclass(frozen=True, eq=False)
class Calibration:
    """Answers in bins of equal width by their confidence, that is the probability of the answer that was given.

    edges: (bins + 1,), from 0 to 1. counts: (bins,), answers in each bin. confidence, accuracy: (bins,), their mean
    confidence and the share of right ones; nan in an empty bin.
    """
    edges: onp.ndarray
    counts: onp.ndarray
    confidence: onp.ndarray
    accuracy: onp.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: confidence and accuracy's mean distance, bins weighed by their answers.

        Source: Guo et al. 2017, arXiv:1706.04599, equation 3.
        """
        some = self.counts > 0
        gaps = onp.abs(self.confidence[some] - self.accuracy[some])
        return float((gaps * self.counts[some]).sum() / self.counts.sum())

    def __repr__(self) -> str:
        return f"Calibration({self.counts.sum():,} answers in {len(self.counts)} bins, error {self.error:.4f})"


def calibration(evaluation: Evaluation, bins: int = 15) -> Calibration:
    """How often answers are right, by how sure the net was. bins: of equal width; a value on an edge is in the lower.

    Raises ValueError for fewer than one bin, and for an evaluation without answers.
    """
    positive_int("bins", bins)
    if not evaluation.n:
        raise ValueError("calibration needs answers, but the evaluation has none")
    sure = evaluation.probabilities.max(axis=1).astype(float)
    right = evaluation.predictions == evaluation.labels
    edges = onp.linspace(0, 1, bins + 1)
    place = onp.clip(onp.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    counts = onp.bincount(place, minlength=bins)
    per_bin = onp.where(counts > 0, counts, onp.nan)
    return Calibration(edges, counts, onp.bincount(place, weights=sure, minlength=bins) / per_bin,
                       onp.bincount(place, weights=right, minlength=bins) / per_bin)
