"""Networks: layers, shortcuts, one block, the blocks by name, stages, the networks by name, and tables of them."""
from resnet_gluon.nets.block import Block, Layer
from resnet_gluon.nets.blocks import Bottleneck, Plain, Residual, conv_block, identity_block, time_series_block
from resnet_gluon.nets.describe import Description, describe
from resnet_gluon.nets.diagram import Diagram, Route, Step, diagram
from resnet_gluon.nets.family import (
    DEPTHS,
    cifar_resnet,
    make_net,
    mini_model,
    plain18,
    plain34,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    time_series_resnet,
    vgg19,
)
from resnet_gluon.nets.lesions import can_be_deleted, lesioned, named_blocks, swapped
from resnet_gluon.nets.looking import activations, class_activation, first_kernels, maps_by_part
from resnet_gluon.nets.network import Network
from resnet_gluon.nets.shortcuts import FORMS, SHORTCUTS, Form, ZeroPad
from resnet_gluon.nets.stages import OPTIONS, resnet, resnet_block
from resnet_gluon.nets.trimming import live_taps, trimmed

__all__ = ["DEPTHS", "FORMS", "OPTIONS", "SHORTCUTS", "Block", "Bottleneck", "Description", "Diagram", "Form", "Layer",
           "Network", "Plain", "Residual", "Route", "Step", "ZeroPad", "activations", "can_be_deleted", "cifar_resnet",
           "class_activation", "conv_block", "describe", "diagram", "first_kernels", "identity_block", "lesioned",
           "live_taps", "make_net", "maps_by_part", "mini_model", "named_blocks", "plain18", "plain34", "resnet",
           "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "resnet_block", "swapped", "time_series_block",
           "time_series_resnet", "trimmed", "vgg19"]
