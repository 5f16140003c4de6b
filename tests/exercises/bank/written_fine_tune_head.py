"""A new head on a trained backbone in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("fine-tune-head")

W.style("a new Sequential around the old layers", '''
def own_fine_tune(net, num_classes):
    new = nn.HybridSequential()
    for layer in net[:-1]:
        new.add(layer)
    head = nn.Dense(num_classes)
    head.initialize(init.Xavier())
    new.add(head)
    return new
''')
W.fault("head kept", ("net[:-1]", "net"))
W.fault("two layers left out", ("net[:-1]", "net[:-2]"))
W.fault("one layer left out", ("net[:-1]", "net[1:-1]"))
W.fault("not initialised", ("    head.initialize(init.Xavier())\n", ""))
W.fault("everything initialised", ("    head.initialize(init.Xavier())\n", ""), ("    return new", "    new.initialize(init.Xavier(), force_reinit=True)\n    return new"))
W.fault("classes fixed", ("nn.Dense(num_classes)", "nn.Dense(10)"))
W.fault("classes", ("nn.Dense(num_classes)", "nn.Dense(num_classes + 1)"))
W.fault("classes", ("nn.Dense(num_classes)", "nn.Dense(1)"))
W.fault("behind the head", ("nn.Dense(num_classes)", "nn.Dense(num_classes, activation='relu')"))
W.fault("behind the head", ("    new.add(head)\n", "    new.add(head, nn.HybridLambda(lambda F, x: F.npx.softmax(x)))\n"))
W.fault("behind the head", ("    new.add(head)\n", "    new.add(head, nn.Activation('sigmoid'))\n"))
W.fault("head not added", ("    new.add(head)\n", ""))
W.fault("head before", ("    new.add(head)\n", ""), ("    for layer", "    head = nn.Dense(num_classes)\n    head.initialize()\n    new.add(head)\n    for layer"))
W.fault("old net returned", ("return new", "return net"))
W.fault("no return", ("    return new\n", ""))
W.fault("head alone", ("return new", "return head"))
W.fault("a tuple", ("return new", "return new, head"))
W.fault("extra layer", ("    new.add(head)\n", "    extra = nn.Dense(16)\n    extra.initialize()\n    new.add(extra, head)\n"))
W.fault("extra layer", ("    new.add(head)\n", "    new.add(nn.Dropout(0.9), nn.HybridLambda(lambda F, x: F.np.abs(x) - 1), head)\n"))
W.fault("order of layers", ("net[:-1]", "list(net[:-1])[::-1]"))
W.fault("weights spoilt", ("        new.add(layer)\n", "        new.add(layer)\n        for p in layer.collect_params('.*weight').values():\n            p.set_data(p.data() * 0.5)\n"))
W.fault("weights spoilt", ("        new.add(layer)\n", "        new.add(layer)\n        for p in layer.collect_params('.*running_mean').values():\n            p.set_data(0 * p.data())\n"))
W.fault("weights spoilt", ("        new.add(layer)\n", "        new.add(layer)\n        for p in layer.collect_params('.*gamma').values():\n            p.set_data(np.ones_like(p.data()))\n"))
W.fault("head repeated", ("    new.add(head)\n", "    again = nn.Dense(num_classes)\n    again.initialize()\n    new.add(head, again)\n"))

W.style("in the same net", '''
def own_fine_tune(net, num_classes):
    features = net[:-1]
    output = nn.Dense(num_classes, in_units=net[-1].weight.shape[1])
    output.initialize(init.Normal(0.01))
    class Tuned(HybridBlock):
        def __init__(self):
            super().__init__()
            self.features, self.output = features, output
        def hybrid_forward(self, F, x):
            return self.output(self.features(x))
    return Tuned()
''')
W.fault("features not used", ("self.output(self.features(x))", "self.output(x)"))
W.fault("head not used", ("self.output(self.features(x))", "self.features(x)"))
W.fault("behind the head", ("self.output(self.features(x))", "F.npx.relu(self.output(self.features(x)))"))
W.fault("scaled features", ("self.output(self.features(x))", "self.output(0 * self.features(x))"))
W.fault("scaled features", ("self.output(self.features(x))", "self.output(F.npx.relu(-self.features(x)))"))
W.fault("scaled inputs", ("self.features(x)", "self.features(x / 255)"))
W.fault("class not instance", ("return Tuned()", "return Tuned"))
W.fault("not initialised", ("    output.initialize(init.Normal(0.01))\n", ""))
W.fault("size of the features", ("net[-1].weight.shape[1]", "net[-1].weight.shape[0]"))
W.fault("classes", ("nn.Dense(num_classes, in", "nn.Dense(net[-1].weight.shape[0], in"))
W.write_wrong("old head underneath", '''
def own_fine_tune(net, num_classes):
    new = nn.HybridSequential()
    head = nn.Dense(num_classes)
    head.initialize()
    new.add(net, head)
    return new
''', '''
def own_fine_tune(net, num_classes):
    head = nn.Dense(num_classes)
    head.initialize()
    net.add(head)
    return net
''')
W.write_wrong("a new net", '''
def own_fine_tune(net, num_classes):
    from resnet_gluon import resnet18
    new = resnet18(num_classes)
    new.initialize()
    return new
''', '''
def own_fine_tune(net, num_classes):
    new = nn.HybridSequential()
    new.add(nn.Conv2D(8, 3), nn.BatchNorm(), nn.Activation("relu"), nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    new.initialize()
    return new
''')
W.write_wrong("old head cut", '''
def own_fine_tune(net, num_classes):
    class Cut(Block):
        def __init__(self):
            super().__init__()
            self.net = net
        def forward(self, x):
            return self.net(x)[:, :num_classes]
    return Cut()
''')
W.styles(unpacked='''
def own_fine_tune(net, num_classes):
    head = nn.Dense(num_classes)
    head.initialize()
    new = nn.HybridSequential()
    new.add(*net[:-1], head)
    return new
''', a_block_with_features='''
def own_fine_tune(net, num_classes):
    class Tuned(Block):
        def __init__(self):
            super().__init__()
            self.backbone = net[:-1]
            self.head = nn.Dense(num_classes, flatten=True, weight_initializer=init.Normal(0.02))
            self.head.initialize()
        def forward(self, x):
            return self.head(self.backbone(x))
    return Tuned()
''', flattened_first='''
def own_fine_tune(net, num_classes):
    new = nn.Sequential()
    for index in range(len(net) - 1):
        new.add(net[index])
    new.add(nn.Flatten())
    new.add(nn.Dense(num_classes))
    new[-1].initialize()
    return new
''', initialised_through_the_whole='''
def own_fine_tune(net, num_classes):
    new = nn.HybridSequential()
    new.add(net[:-1])
    new.add(nn.Dense(num_classes))
    new[1].initialize(init.MSRAPrelu())
    new.hybridize()
    return new
''', with_kwargs='''
def own_fine_tune(net, num_classes):
    *body, old = list(net)
    head = nn.Dense(num_classes, in_units=old.weight.shape[1], prefix="new_head_")
    head.initialize(init=init.Uniform(0.1))
    new = nn.HybridSequential(prefix="tuned_")
    for layer in [*body, head]:
        new.add(layer)
    return new
''', without_a_bias='''
def own_fine_tune(net, num_classes):
    head = nn.HybridSequential()
    head.add(nn.Dense(num_classes, use_bias=True))
    head.collect_params().initialize(init.Xavier())
    whole = nn.HybridSequential()
    whole.add(net[:-1], head)
    return whole
''', zeros_to_begin_with='''
def own_fine_tune(net, num_classes):
    new = nn.HybridSequential()
    new.add(*net[:-1], nn.Dense(num_classes, weight_initializer="zeros"))
    new[-1].initialize()
    return new
''')
