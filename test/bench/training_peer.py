"""How fast PyTorch trains the networks of training.ts: one JSON line per figure, steps (of L-BFGS: iterations) a second.

    /usr/bin/python3 training_peer.py <threads> [mlp resnet20 unet pinn]

A step takes a mini-batch out of data in memory by shuffled indices, the loss in train mode, its gradient, and an update.
"""
import json, math, statistics, sys, time
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(int(sys.argv[1]))
# Debian's PyTorch takes whichever BLAS is installed; the plain one (netlib's) makes its matrix products fifteen times as slow.
with open("/proc/self/maps") as maps:
    libraries = maps.read().lower()
plain = not any(name in libraries for name in ("openblas", "mkl", "blis", "atlas"))


def report(name, times):
    print(json.dumps({"name": name, "median": 1 / statistics.median(times), "best": 1 / min(times), "plainBlas": plain}), flush=True)


def train(name, model, x, y, loss, batch, seconds=2.0):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    per_epoch = len(x) // batch
    times, start, steps = [], time.perf_counter(), 0
    while time.perf_counter() - start < seconds or steps < 5:
        if steps % per_epoch == 0:
            order = torch.randperm(len(x))
        first = time.perf_counter()
        rows = order[batch * (steps % per_epoch):][:batch]
        optimizer.zero_grad()
        value = loss(model(x[rows]), y[rows])
        value.backward()
        optimizer.step()
        value.item()
        times.append(time.perf_counter() - first)
        steps += 1
    report(name, times[2:])


def mlp():
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    train("mlp", model, torch.randn(2048, 784), torch.randint(0, 10, (2048,)), F.cross_entropy, 128)


class Residual(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.second, self.norm2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.skip = None
        if stride != 1 or cin != cout:
            self.skip = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        h = self.norm2(self.second(F.relu(self.norm1(self.first(x)))))
        return F.relu(h + (self.skip(x) if self.skip else x))


def resnet20():
    layers, cin = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, width in enumerate((16, 32, 64)):
        for block in range(3):
            layers.append(Residual(cin, width, 2 if stage and not block else 1))
            cin = width
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    train("resnet20", model, torch.randn(512, 3, 32, 32), torch.randint(0, 10, (512,)), F.cross_entropy, 128)


class Unet(nn.Module):
    def __init__(self, width=16, depth=3, classes=3):
        super().__init__()
        def twice(cin, cout):
            parts = []
            for a, b in ((cin, cout), (cout, cout)):
                parts += [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
            return nn.Sequential(*parts)
        widths = [width * 2 ** level for level in range(depth)]
        self.down = nn.ModuleList([twice(3 if i == 0 else widths[i - 1], w) for i, w in enumerate(widths)])
        self.up = nn.ModuleList([twice(widths[i] + widths[i + 1], widths[i]) for i in reversed(range(depth - 1))])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level, part in enumerate(self.down):
            x = part(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for part, skip in zip(self.up, reversed(skips[:-1])):
            grown = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = part(torch.cat([skip, grown], 1))
        return self.head(x)


def unet():
    x, y = torch.randn(32, 3, 128, 128), torch.randint(0, 3, (32, 128, 128))
    train("unet", Unet(), x, y, F.cross_entropy, 8)


def pinn(iterations=300):
    beta = 1.0
    layers = [nn.Linear(2, 50), nn.Tanh()]
    for _ in range(3):
        layers += [nn.Linear(50, 50), nn.Tanh()]
    net = nn.Sequential(*layers, nn.Linear(50, 1))
    space, moments = torch.arange(256) * (2 * math.pi / 256), torch.linspace(0, 1, 100)
    first = torch.stack([space, torch.zeros(256)], 1)
    left, right = (torch.stack([torch.full((100,), edge), moments], 1) for edge in (0.0, 2 * math.pi))
    x = (2 * math.pi * torch.rand(100, 1)).requires_grad_(True)
    t = torch.rand(100, 1).requires_grad_(True)

    def closure():
        optimizer.zero_grad()
        u = net(torch.cat([first, left, right]))[:, 0]
        inner = net(torch.cat([x, t], 1))
        one = torch.ones_like(inner)
        u_t = torch.autograd.grad(inner, t, one, create_graph=True)[0]
        u_x = torch.autograd.grad(inner, x, one, create_graph=True)[0]
        value = ((u[:256] - torch.sin(first[:, 0])) ** 2).mean() + ((u[256:356] - u[356:]) ** 2).mean()
        value = value + ((u_t + beta * u_x) ** 2).mean()
        value.backward()
        return value

    def optimizer_of(count):
        return torch.optim.LBFGS(
            net.parameters(), lr=1.0, max_iter=count, max_eval=10 * count, history_size=50,
            tolerance_grad=1e-7, tolerance_change=1e-9, line_search_fn="strong_wolfe")

    optimizer = optimizer_of(20)
    optimizer.step(closure)
    # The same memory of 50 pairs from start to end, in pieces so that a busy moment spoils one of them only.
    optimizer = optimizer_of(60)
    optimizer.step(closure)
    times = []
    while len(times) < iterations // 30:
        optimizer.param_groups[0]["max_iter"] = 30
        before = optimizer.state[optimizer._params[0]]["n_iter"]
        start = time.perf_counter()
        optimizer.step(closure)
        done = optimizer.state[optimizer._params[0]]["n_iter"] - before
        times.append((time.perf_counter() - start) / max(done, 1))
    report("pinn", times)


for chosen in sys.argv[2:] or ["mlp", "resnet20", "unet", "pinn"]:
    {"mlp": mlp, "resnet20": resnet20, "unet": unet, "pinn": pinn}[chosen]()
