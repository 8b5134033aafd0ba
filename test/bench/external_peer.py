"""The PINN of external.ts in PyTorch: u_t + beta * u_x = 0 with a network 2-50-50-50-50-1, tanh.

    external_peer.py <points.npz> serve    answers Cirque; the module is vectorised over parameter vectors by torch.func.vmap
    external_peer.py <points.npz> batched  the same with batched matrix products, written out
    external_peer.py <points.npz> alone <span.npz>    losses one by one, as Landscaper computes them

`alone` prints one JSON line: the losses, and the seconds of the clock and of the processor that they took. points.npz holds
initial, u, lower, upper, collocation and beta; rows of points are x and t. span.npz holds center, directions, coefficients.
"""
import json, os, sys, time
# One thread; that of OpenBLAS is not PyTorch's to choose.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
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


def loss_of_points(vectors):
    """The losses of many parameter vectors: one pass for all points of the domain, the tangent beside it."""
    theta = torch.as_tensor(vectors)
    initial, u, lower, upper, inside = (part.to(theta.dtype) for part in data)
    layers = zip(*[iter(split(theta))] * 2)
    h = torch.cat([initial, lower, upper, inside]).expand(len(theta), -1, -1)
    tangent = torch.tensor([beta, 1.0], dtype=theta.dtype).expand(len(theta), 1, 2)
    for k, (weight, bias) in enumerate(layers):
        h = torch.bmm(h, weight.transpose(1, 2)).add_(bias[:, None])
        tangent = tangent @ weight.transpose(1, 2)
        if k < 4:
            # numpy's tanh is several times as fast as that of a PyTorch without MKL.
            np.tanh(h.numpy(), out=h.numpy())
            tangent = torch.addcmul(tangent, tangent, h[:, -len(inside):].square(), value=-1)
    values, n, m = h[..., 0], len(initial), len(lower)
    boundary = values[:, n:n + m] - values[:, n + m:n + 2 * m]
    terms = (values[:, :n] - u, boundary, tangent[..., 0])
    return sum(term.square().mean(1) for term in terms).numpy()


def split(theta):
    """[P, n] as the tensors of the module, [P, ...] each."""
    shapes = [p.shape for p in Pinn().parameters()]
    parts = theta.split([shape.numel() for shape in shapes], 1)
    return [part.reshape(len(theta), *shape) for part, shape in zip(parts, shapes)]


def usual_loss(module, batch):
    """The residual by torch.autograd.grad, as such networks are usually written (Krishnapriyan et al. 2021)."""
    *given, inside = batch
    x, t = (inside[:, k:k + 1].clone().requires_grad_() for k in (0, 1))
    u = module(torch.cat([x, t], 1))
    slope = lambda of: torch.autograd.grad(u, of, torch.ones_like(u), create_graph=True)[0]
    return conditions(module, *given) + (slope(t) + beta * slope(x)).square().mean()


def alone(center, directions, coefficients):
    """For each point: the start is cloned, moved along the directions tensor by tensor, and copied into the module."""
    dtype = torch.as_tensor(center).dtype
    module, batch = Pinn().to(dtype), tuple(part.to(dtype) for part in data)
    tensors = lambda vector: [part[0] for part in split(torch.as_tensor(vector)[None])]
    start, moves = tensors(center), [tensors(direction) for direction in directions]

    def at(row):
        with torch.no_grad():
            moved = [part.clone() for part in start]
            for c, move in zip(row, moves):
                for part, step in zip(moved, move):
                    part.add_(step, alpha=c)
            for parameter, part in zip(module.parameters(), moved):
                parameter.copy_(part)
        return usual_loss(module, batch).item()

    rows = coefficients.tolist()
    at(rows[0])
    clock, busy = time.perf_counter(), time.process_time()
    losses = [at(row) for row in rows]
    print(json.dumps({"losses": losses, "seconds": time.perf_counter() - clock, "busy": time.process_time() - busy}))


if sys.argv[2] == "alone":
    alone(**np.load(sys.argv[3]))
else:
    written_out = loss_of_points if sys.argv[2] == "batched" else None
    external.serve(Pinn(), loss_of_batch, [data], batch=32, loss_of_points=written_out)
