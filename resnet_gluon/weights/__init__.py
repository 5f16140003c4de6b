"""Weights from elsewhere: maps of names, and readers of files that run nothing."""
from resnet_gluon.weights.names import load_weights, name_map
from resnet_gluon.weights.tensor_files import read_tensors
from resnet_gluon.weights.unpickling import WeightsRefused

__all__ = ["WeightsRefused", "load_weights", "name_map", "read_tensors"]
