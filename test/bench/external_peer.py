"""The PINN of external.ts in PyTorch: u_t + beta * u_x = 0 with a network 2-50-50-50-50-1, tanh.

    /usr/bin/python3 external_peer.py <points.npz> serve                  answers Cirque, many parameter vectors at once
    /usr/bin/python3 external_peer.py <points.npz> alone <vectors.npy>    losses one by one, as Landscaper computes them

`alone` prints one JSON line: the losses, and how many a second. points.npz holds initial, u, lower, upper, collocation and
beta; rows of points are x and t.
"""
import json, os, sys, time
import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "stages", "inputs"))
import external

try:
    from torch.func import jvp
except ImportError:  # before PyTorch 2.0
    from functorch import jvp

torch.set_num_threads(1)
points = np.load(sys.argv[1])
beta = float(points["beta"])
data = tuple(torch.as_tensor(points[name]) for name in ("initial", "u", "lower", "upper", "collocation"))


class Pinn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        widths = [2, 50, 50, 50, 50, 1]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


def conditions(module, initial, u, lower, upper):
    boundary = (module(lower) - module(upper)).square().mean()
    return (module(initial)[:, 0] - u).square().mean() + boundary


def loss_of_batch(module, batch):
    """The residual by one derivative along (beta, 1)."""
    *given, inside = batch
    along = torch.tensor([beta, 1.0], dtype=inside.dtype).expand(len(inside), 2)
    _, residual = jvp(module, (inside,), (along,))
    return conditions(module, *given) + residual.square().mean()


def usual_loss(module, batch):
    """The residual by torch.autograd.grad, as such networks are usually written."""
    *given, inside = batch
    inside = inside.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(module(inside).sum(), inside, create_graph=True)
    return conditions(module, *given) + (slopes[:, 1] + beta * slopes[:, 0]).square().mean()


def alone(vectors):
    module = Pinn().to(torch.as_tensor(vectors).dtype)
    batch = tuple(part.to(torch.as_tensor(vectors).dtype) for part in data)

    def at(vector):
        torch.nn.utils.vector_to_parameters(torch.as_tensor(vector), module.parameters())
        return usual_loss(module, batch).item()

    at(vectors[0])
    start = time.perf_counter()
    losses = [at(vector) for vector in vectors]
    print(json.dumps({"losses": losses, "rate": len(vectors) / (time.perf_counter() - start)}))


if sys.argv[2] == "serve":
    external.serve(Pinn(), loss_of_batch, [data], batch=16)
else:
    alone(np.load(sys.argv[3]))
