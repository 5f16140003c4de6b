"""The loop that trains in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("training-loop")

W.style("enumerated, sum and divide", '''
def own_fit(net, batches, lr):
    criterion = gluon.loss.SoftmaxCrossEntropyLoss()
    optimiser = gluon.Trainer(net.collect_params(), optimizer="sgd", optimizer_params={"learning_rate": lr})
    history = []
    for step, batch in enumerate(batches):
        X, y = batch
        with autograd.record():
            y_hat = net(X)
            each = criterion(y_hat, y)
            total = each.sum()
        total.backward()
        optimiser.step(batch_size=X.shape[0])
        history.append(total.item() / len(y))
    return history
''')
W.fault("step size", ("total.backward()\n        optimiser.step(batch_size=X.shape[0])", "total.backward()\n        optimiser.step(batch_size=1)"))
W.fault("step size", ("each.sum()", "each.mean()"), ("total.item() / len(y)", "total.item()"))
W.fault("step size", ("batch_size=X.shape[0]", "batch_size=X.shape[1]"))
W.fault("step size", ("batch_size=X.shape[0]", "batch_size=64"))
W.fault("learning rate", ('"learning_rate": lr', '"learning_rate": 0.1'))
W.fault("learning rate", (', optimizer_params={"learning_rate": lr}', ''))
W.fault("learning rate", ('"learning_rate": lr', '"learning_rate": lr / 2'))
W.fault("learning rate", ('        total.backward()\n', '        optimiser.set_learning_rate(lr * min(1, (step + 1) / 10))\n        total.backward()\n'))
W.fault("learning rate", ('        total.backward()\n', '        optimiser.set_learning_rate(lr * 0.9 ** step)\n        total.backward()\n'))
W.fault("momentum", ('"learning_rate": lr', '"learning_rate": lr, "momentum": 0.9'))
W.fault("weight decay", ('"learning_rate": lr', '"learning_rate": lr, "wd": 0.01'))
W.fault("another optimiser", ('optimizer="sgd"', 'optimizer="adam"'))
W.fault("another optimiser", ('optimizer="sgd"', 'optimizer="signum"'))
W.fault("no step", ("        optimiser.step(batch_size=X.shape[0])\n", ""))
W.fault("step once", ("        optimiser.step(batch_size=X.shape[0])\n", ""), ("    return history", "    optimiser.step(batch_size=X.shape[0])\n    return history"))
W.fault("no backward", ("        total.backward()\n", ""))
W.fault("not recorded", ("with autograd.record():", "with autograd.pause():"))
W.fault("predict mode", ("with autograd.record():", "with autograd.record(train_mode=False):"))
W.fault("loss: sum", ("total.item() / len(y)", "total.item()"))
W.fault("loss: one image", ("total.item() / len(y)", "each[0].item()"))
W.fault("loss after the step", ("history.append(total.item() / len(y))", "history.append(criterion(net(X), y).mean().item())"))
W.fault("loss: one number", ("return history", "return sum(history) / len(history)"))
W.fault("loss: one number", ("return history", "return history[-1]"))
W.fault("loss: cumulated", ("history.append(total.item() / len(y))", "history.append(((history or [0])[-1] * step + total.item() / len(y)) / (step + 1))"))
W.fault("no return", ("    return history\n", ""))
W.fault("returned early", ("    return history\n", "        return history\n"))
W.fault("last batch left out", ("        X, y = batch\n", "        X, y = batch\n        if history and len(X) < last: break\n        last = len(X)\n"))
W.fault("first batch left out", ("        X, y = batch\n", "        if step == 0: continue\n        X, y = batch\n"))
W.fault("order of the batches", ("enumerate(batches)", "enumerate(list(batches)[::-1])"))
W.fault("order of the batches", ("enumerate(batches)", "enumerate(sorted(batches, key=lambda b: float(b[0].sum())))"))
W.fault("two passes", ("enumerate(batches)", "enumerate(list(batches) * 2)"))
W.fault("scaled inputs", ("y_hat = net(X)", "y_hat = net(X / 255)"))
W.fault("scaled inputs", ("y_hat = net(X)", "y_hat = net((X - X.mean()) / X.std())"))
W.fault("softmax twice", ("y_hat = net(X)", "y_hat = npx.softmax(net(X))"))
W.fault("another loss", ("gluon.loss.SoftmaxCrossEntropyLoss()", "gluon.loss.L2Loss()"), ("criterion(y_hat, y)", "criterion(y_hat, npx.one_hot(y, y_hat.shape[1]))"))
W.fault("another loss", ("gluon.loss.SoftmaxCrossEntropyLoss()", "gluon.loss.SoftmaxCrossEntropyLoss(from_logits=True)"))
W.fault("some parameters", ("net.collect_params()", "net.collect_params('.*weight')"))
W.fault("some parameters", ("net.collect_params()", "net[-1].collect_params()"))
W.fault("weights set anew", ("    history = []\n", "    net.initialize(force_reinit=True)\n    history = []\n"))
W.fault("gradients cleared", ("        total.backward()\n", "        total.backward()\n        net.collect_params().zero_grad()\n"))
W.fault("gradients added up", ("    history = []\n", "    history = []\n    net.collect_params().setattr('grad_req', 'add')\n"))
W.fault("labels changed", ("criterion(y_hat, y)", "criterion(y_hat, (y + 1) % y_hat.shape[1])"))
W.fault("losses are arrays of images", ("history.append(total.item() / len(y))", "history.append(each.asnumpy())"))
W.fault("trainer made each time", ("        X, y = batch\n", "        X, y = batch\n        optimiser = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': lr / (1 + step)})\n"))
W.fault("losses rounded", ("total.item() / len(y)", "round(total.item() / len(y), 1)"))
W.fault("losses rounded", ("total.item() / len(y)", "int(total.item() / len(y))"))

W.style("updates by hand", '''
def own_fit(net, batches, lr):
    losses = []
    for images, labels in batches:
        with autograd.record():
            scores = npx.log_softmax(net(images))
            loss = -npx.pick(scores, labels).mean()
        loss.backward()
        for parameter in net.collect_params().values():
            if parameter.grad_req != "null":
                parameter.set_data(parameter.data() - lr * parameter.grad())
        losses.append(float(loss))
    return losses
''')
W.fault("sign of the step", ("parameter.data() - lr", "parameter.data() + lr"))
W.fault("learning rate", ("- lr * parameter.grad()", "- parameter.grad()"))
W.fault("sign of the loss", ("-npx.pick(scores, labels).mean()", "npx.pick(scores, labels).mean()"))
W.fault("step size", ("lr * parameter.grad()", "lr * parameter.grad() / len(images)"))
W.fault("step size", ("-npx.pick(scores, labels).mean()", "-npx.pick(scores, labels).sum()"), ("float(loss)", "float(loss) / len(images)"))
W.fault("sign of the gradient", ("lr * parameter.grad()", "lr * np.sign(parameter.grad())"))
W.fault("softmax axis", ("npx.log_softmax(net(images))", "npx.log_softmax(net(images), axis=0)"))
W.fault("weight decay", ("lr * parameter.grad()", "lr * (parameter.grad() + 0.01 * parameter.data())"))
W.fault("predict mode", ("autograd.record()", "autograd.record(False)"))
W.fault("no logarithm", ("npx.log_softmax", "npx.softmax"))
W.fault("step not stored", ("parameter.set_data(parameter.data() - lr * parameter.grad())", "weights = parameter.data() - lr * parameter.grad()"))
W.fault("gradients clipped", ("lr * parameter.grad()", "lr * np.clip(parameter.grad(), -0.01, 0.01)"))

W.styles(a_generator_and_list='''
def own_fit(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), mx.optimizer.SGD(learning_rate=lr))
    function = gluon.loss.SoftmaxCELoss()
    def steps():
        for images, labels in batches:
            with autograd.record():
                loss = function(net(images), labels)
            loss.backward()
            trainer.step(images.shape[0])
            yield loss.mean().item()
    return list(steps())
''', a_function_for_each_step='''
def one_step(net, trainer, images, labels):
    with autograd.record():
        loss = gluon.loss.SoftmaxCrossEntropyLoss()(net(images), labels).mean()
    loss.backward()
    trainer.step(1)
    return float(loss)

def own_fit(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    return [one_step(net, trainer, *batch) for batch in batches]
''', while_and_next='''
def own_fit(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    trainer.set_learning_rate(lr)
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    iterator, losses = iter(batches), []
    while True:
        try:
            images, labels = next(iterator)
        except StopIteration:
            return losses
        with autograd.record():
            loss = loss_function(net(images), labels)
        autograd.backward(loss)
        trainer.allreduce_grads()
        trainer.update(len(labels))
        losses.append(loss.asnumpy().mean())
''', grad_of_heads='''
def own_fit(net, batches, lr):
    learning = [p for p in net.collect_params().values() if p.grad_req != "null"]
    losses = []
    for images, labels in batches:
        with autograd.record():
            scores = net(images)
            shifted = scores - scores.max(axis=1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            loss = -(logs * npx.one_hot(labels, scores.shape[1])).sum() / len(labels)
        loss.backward()
        for parameter in learning:
            parameter.data()[:] -= lr * parameter.grad()
        losses.append(loss.item())
    return losses
''')
W.styles(an_updater='''
def own_fit(net, batches, lr):
    learning = [p for p in net.collect_params().values() if p.grad_req != "null"]
    updater = mx.optimizer.get_updater(mx.optimizer.create("sgd", learning_rate=lr))
    criterion, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for X, y in batches:
        with autograd.record():
            loss = criterion(net(X), y).mean()
        loss.backward()
        for index, p in enumerate(learning):
            updater(index, p.grad(), p.data())
        losses.append(float(loss))
    return losses
''', a_class_that_is_called='''
class Fit:
    def __init__(self, loss=gluon.loss.SoftmaxCrossEntropyLoss()):
        self.loss = loss
    def __call__(self, net, batches, lr):
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr, "momentum": 0.0, "wd": 0.0})
        history = []
        for images, labels in batches:
            with autograd.record():
                each = self.loss(net(images), labels)
            each.backward()
            trainer.step(each.size)
            history.append(each.mean().item())
        return history

own_fit = Fit()
''')
