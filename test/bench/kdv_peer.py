"""How long PyTorch takes for the loss of a third-order equation (KdV): one JSON line per figure, milliseconds (median).

    /usr/bin/python3 kdv_peer.py <threads>      # then kdv(1000) or kdv(1000, torch.float64)

MLP 2-50-50-50-50-1, tanh; u_t + u u_x + 0.0025 u_xxx; 256 initial points, 100 pairs on the boundary where u, u_x and u_xx
agree, N collocation points. autograd: nested reverse mode, as users write it. taylor: the derivatives of each layer by hand.
"""
import json, math, statistics, sys, time
import torch

torch.manual_seed(0)
torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
WIDTHS = [2, 50, 50, 50, 50, 1]
SIZE = sum(i * o + o for i, o in zip(WIDTHS, WIDTHS[1:]))


def timed(name, work, runs=7, warm=2):
    for _ in range(warm):
        work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"name": name, "ms": round(statistics.median(times), 3)}), flush=True)


def layers(theta):
    offset, out = 0, []
    for i, o in zip(WIDTHS, WIDTHS[1:]):
        weight = theta[..., offset : offset + i * o].reshape(*theta.shape[:-1], i, o)
        out.append((weight, theta[..., offset + i * o : offset + i * o + o].unsqueeze(-2)))
        offset += i * o + o
    return out


def mlp(net, h):
    for k, (w, b) in enumerate(net):
        h = h @ w + b
        if k < len(net) - 1:
            h = torch.tanh(h)
    return h


def series(net, h, order, time=False):
    """u, the derivatives in x up to an order, and u_t: Taylor coefficients through every layer."""
    x, t = [], None
    for k, (w, b) in enumerate(net):
        first = k == 0
        z = h @ w + b
        x = [w[..., 0:1, :]] if first else [c @ w for c in x]
        t = (w[..., 1:2, :] if first else t @ w) if time else None
        h = z
        if k == len(net) - 1:
            break
        h = torch.tanh(z)
        w0 = 1 - h * h
        x += [None] * (order - len(x))
        y1 = x[0] * w0
        y = [y1]
        if order > 1:
            w1 = -2 * h * y1
            y2 = (x[0] * w1 + (0 if x[1] is None else 2 * x[1] * w0)) / 2
            y.append(y2)
        if order > 2:
            w2 = -(2 * h * y2 + y1 * y1)
            rest = 0 if x[1] is None else 2 * x[1] * w1 + 3 * x[2] * w0
            y.append((x[0] * w2 + rest) / 3)
        t = t * w0 if time else None
        x = y
    return [h, *(math.factorial(k + 1) * c for k, c in enumerate(x))], t


def kdv(n, dtype=torch.float32):
    theta = (0.2 * torch.randn(SIZE)).to(dtype)
    start = torch.stack([2 * torch.rand(256) - 1, torch.zeros(256)], 1).to(dtype)
    times = torch.rand(100)
    ends = torch.cat([torch.stack([torch.full((100,), x), times], 1) for x in (-1.0, 1.0)]).to(dtype)
    inner = torch.stack([2 * torch.rand(n) - 1, torch.rand(n)], 1).to(dtype)
    wanted = torch.cos(math.pi * start[:, 0])

    def known(net):
        return ((mlp(net, start)[..., 0] - wanted) ** 2).mean(-1)

    def jump(u):
        return ((u[..., :100, :] - u[..., 100:, :]) ** 2).mean((-1, -2))

    def autograd(th):
        net, e, x = layers(th), ends.clone().requires_grad_(), inner.clone().requires_grad_()
        slope = lambda u, at: torch.autograd.grad(u.sum(), at, create_graph=True)[0]
        u = mlp(net, e)
        u_x = slope(u, e)[:, 0:1]
        total = known(net) + jump(u) + jump(u_x) + jump(slope(u_x, e)[:, 0:1])
        u = mlp(net, x)
        first = slope(u, x)
        u_x, u_t = first[:, 0:1], first[:, 1:2]
        u_xxx = slope(slope(u_x, x)[:, 0:1], x)[:, 0:1]
        return total + ((u_t + u * u_x + 0.0025 * u_xxx) ** 2).mean()

    def taylor(th):
        net = layers(th)
        at_ends, _ = series(net, ends, 2)
        (u, u_x, _, u_xxx), u_t = series(net, inner, 3, time=True)
        total = known(net) + sum(jump(u) for u in at_ends)
        return total + ((u_t + u * u_x + 0.0025 * u_xxx) ** 2).mean((-1, -2))

    assert torch.allclose(autograd(theta), taylor(theta), rtol=1e-3)
    tag = f"kdv_{n}" + ("_f64" if dtype == torch.float64 else "")
    batch = theta + 0.01 * torch.randn(16, SIZE).to(dtype)
    timed(f"{tag}_autograd_loss", lambda: autograd(theta))
    with torch.no_grad():
        timed(f"{tag}_taylor_loss", lambda: taylor(theta))
        timed(f"{tag}_taylor_loss_16_points", lambda: taylor(batch))
    for label, loss in (("autograd", autograd), ("taylor", taylor)):
        at = theta.clone().requires_grad_()
        direction = torch.randn_like(theta)
        timed(f"{tag}_{label}_gradient", lambda: torch.autograd.grad(loss(at), at))

        def product():
            (g,) = torch.autograd.grad(loss(at), at, create_graph=True)
            torch.autograd.grad((g * direction).sum(), at)

        timed(f"{tag}_{label}_hessian_vector", product, runs=5, warm=1)
