"""A new head on a trained net, right and wrong."""
from resnet_gluon.training import fine_tune as ours

import mxnet as mx
from bank import Bank
from mxnet import gluon, init, np, npx
from mxnet.gluon import Block, HybridBlock, nn

BANK = Bank("fine-tune-head", '''
def fine_tune(net, num_classes):
    new = nn.HybridSequential()
    for layer in net[:-1]:
        new.add(layer)
    head = nn.Dense(num_classes)
    head.initialize()
    new.add(head)
    return new
''', {"nn": nn, "np": np, "npx": npx, "init": init, "gluon": gluon})


# Right, in other styles

@BANK.right
def in_place(net, num_classes):
    head = nn.Dense(num_classes)
    head.initialize(init.Xavier())
    net._children[list(net._children)[-1]] = head
    net.hybridize()
    return net


@BANK.right
def the_package(net, num_classes):
    return ours(net, num_classes)


@BANK.right
def frozen_backbone(net, num_classes):
    return ours(net, num_classes, backbone="frozen")


@BANK.right
def slice_and_add(net, num_classes):
    new = net[:-1]
    new.add(nn.Dense(num_classes, in_units=net[-1].weight.shape[1]))
    new[-1].initialize()
    return new


@BANK.right
def nested(net, num_classes):
    new, head = nn.HybridSequential(), nn.Dense(num_classes, weight_initializer=init.Normal(0.01))
    head.initialize(ctx=mx.cpu())
    new.add(net[:-1], head)
    new.hybridize()
    return new


@BANK.right
def frozen_by_hand(net, num_classes):
    features = net[:-1]
    features.collect_params().setattr("grad_req", "null")
    new, head = nn.Sequential(), nn.Dense(num_classes)
    head.initialize()
    new.add(*features, head)
    return new


@BANK.right
def slower_backbone(net, num_classes):
    for parameter in net.collect_params().values():
        parameter.lr_mult = 0.1
    return slice_and_add(net, num_classes)


class Two(HybridBlock):
    """Features and output, as in MXNet's model zoo."""

    def __init__(self, features, classes):
        super().__init__()
        self.features, self.output = features, nn.Dense(classes)
        self.output.initialize()

    def hybrid_forward(self, F, x):
        return self.output(self.features(x))


@BANK.right
def features_and_output(net, num_classes):
    return Two(net[:-1], num_classes)


@BANK.right
def popped(net, num_classes):
    new = nn.HybridSequential()
    layers = list(net)
    layers.pop()
    with new.name_scope():
        new.add(*layers, nn.Dense(num_classes, use_bias=False))
    new[-1].initialize()
    return new


BANK.add("a lambda", lambda net, num_classes: Two(net[:-1], num_classes))
BANK.mutate_right(("    head.initialize()\n", ""), ("    return new", "    new.initialize()\n    return new"))
BANK.mutate_right(("head.initialize()", "head.initialize(init.Xavier())"))
BANK.mutate_right(("head.initialize()", "head.initialize(init.Zero())"))
BANK.mutate_right(("    return new", "    net.hybridize(False)\n    new.hybridize()\n    return new"))

# One thing changed

BANK.mutate("head-uninitialised", ("    head.initialize()\n", ""))
BANK.mutate("old-head", ("net[:-1]", "net"))
BANK.mutate("backbone-lost", ("    return new", "    new.initialize(force_reinit=True)\n    return new"))
BANK.mutate("backbone-lost", ("    return new", "    new.initialize(init.Xavier(), force_reinit=True)\n    return new"))
BANK.mutate("no-return", ("    return new", "    new"))
BANK.mutate("classes", ("Dense(num_classes)", "Dense(10)"))
BANK.mutate("classes", ("Dense(num_classes)", "Dense(num_classes + 1)"))
BANK.mutate("classes", ("    new.add(head)\n", ""))
BANK.mutate("classes", ("    return new", "    return net"))
BANK.mutate("not-a-block", ("return new", "return head.collect_params()"))
BANK.mutate("not-a-block", ("return new", "return net, new"))
BANK.mutate("not-a-block", ("return new", "return list(new)"))
BANK.mutate("softmax", ("    new.add(head)\n", "    new.add(head, nn.HybridLambda(lambda F, x: F.npx.softmax(x)))\n"))
BANK.mutate("head-activation", ("Dense(num_classes)", "Dense(num_classes, activation='relu')"))
BANK.mutate("head-activation", ("    new.add(head)\n", "    new.add(head, nn.Activation('sigmoid'))\n"))
BANK.mutate("head-frozen", ("    return new", "    new.collect_params().setattr('grad_req', 'null')\n    return new"))
BANK.mutate("head-frozen", ("    return new", "    new.collect_params().setattr('lr_mult', 0)\n    return new"))
BANK.mutate("head-frozen", ("    new.add(head)\n", "    head.weight.grad_req = 'null'\n    new.add(head)\n"))
BANK.mutate("layers-left-out", ("net[:-1]", "net[:-2]"))
BANK.mutate("layers-left-out", ("net[:-1]", "net[:1]"))
BANK.mutate("features-size", ("net[:-1]", "net[-1:]"))
BANK.mutate("head", ("    new.add(head)\n", "    new.add(nn.Dense(4, in_units=4), head)\n    new[-2].initialize()\n"))
BANK.mutate("exception", ("new.add(layer)", "new.append(layer)"))
BANK.mutate("exception", ("num_classes)\n    head", "classes)\n    head"))
BANK.mutate("exception", ("net[:-1]", "net.features"))
BANK.mutate("signature", ("net, num_classes", "net"), ("Dense(num_classes)", "Dense(7)"))


# Faults that no small change makes

@BANK.wrong("stale-graph")
def compiled_before(net, num_classes):
    head = nn.Dense(num_classes)
    head.initialize()
    net._children[list(net._children)[-1]] = head
    return net


@BANK.wrong("old-head")
def an_attribute(net, num_classes):
    net.output = nn.Dense(num_classes)
    net.output.initialize()
    net.hybridize(False)
    return net


@BANK.wrong("backbone-lost")
def everything_new(net, num_classes):
    new = nn.HybridSequential()
    new.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), nn.GlobalAvgPool2D(),
            nn.Dense(num_classes))
    new.initialize()
    return new


@BANK.wrong("old-head")
def added_behind(net, num_classes):
    head = nn.Dense(num_classes)
    head.initialize()
    net.add(head)
    return net


@BANK.wrong("head-frozen")
def frozen_with_the_rest(net, num_classes):
    new = slice_and_add(net, num_classes)
    for parameter in new.collect_params().values():
        parameter.grad_req = "null"
    return new


@BANK.wrong("unregistered-layer")
class InAList(Block):
    """Layers that Gluon does not see: neither saved nor trained."""

    def __init__(self, net, num_classes):
        super().__init__()
        self.layers = [*net[:-1], nn.Dense(num_classes)]
        self.layers[-1].initialize()

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@BANK.wrong("exception")
def no_such_layer(net, num_classes):
    net.output = net.fc
    return net


BANK.add("a number", 7, "signature")


@BANK.wrong("item-assignment")
def set_in_place(net, num_classes):
    net[-1] = nn.Dense(num_classes)
    net[-1].initialize()
    return net
