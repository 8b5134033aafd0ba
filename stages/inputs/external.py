#!/usr/bin/env python3
"""Answers Cirque for parameter vectors: losses and, where you can give them, gradients and Hessian-vector products.

Needs Python 3.8 and numpy; PyTorch only for `serve`. Edit the part at the end of this file, then point a pipeline at it:

    model:
      uses: load-model
      with:
        architecture: { kind: parameters }
        problem: { kind: external, command: "python3 my_loss.py" }

`serve(module, loss_of_batch, data)` serves a PyTorch module. `serve_functions(...)` serves plain numpy functions.
Standard output belongs to the protocol: what you print goes to standard error, and from there to the log of the step.
"""
import io
import json
import os
import struct
import sys

import numpy as np

VERSION = 1
MARK = b"CRQ1"
DTYPES = {"f32": np.float32, "f64": np.float64}


def serve_functions(parameters, loss, gradient=None, hvp=None, start=None, layout=None, columns=(), batch=64,
                    dtypes=("f64", "f32"), combine=None):
    """Answers with numpy functions until Cirque closes the connection.

    parameters: how many there are, n.
    loss(points [P, n]) -> losses [P], or a dict with "loss" and each of `columns`, all [P].
    gradient(point [n]) -> gradient [n]; hvp(point [n], vector [n]) -> H v [n]. Leave out what you cannot give.
    layout: [{"name", "role" ("weight", "bias" or "norm"), "shape"}, ...] in the order of the vector.
    batch: how many points `loss` takes at once.
    """
    reads, writes = _streams()
    _keep_freed_memory()
    state = {"dtype": np.float64}

    def hello(request, arrays):
        if request.get("version") != VERSION:
            raise ValueError("this helper speaks version %d of the protocol, Cirque version %s: copy it again with "
                             "`cirque init`" % (VERSION, request.get("version")))
        if request["dtype"] not in dtypes:
            raise ValueError("it computes in %s, not in %s" % (" and ".join(dtypes), request["dtype"]))
        state["dtype"] = DTYPES[request["dtype"]]
        answers = ["loss"] + ["gradient"] * (gradient is not None) + ["hvp"] * (hvp is not None)
        header = {"version": VERSION, "parameters": int(parameters), "dtype": request["dtype"], "answers": answers,
                  "columns": list(columns), "batch": int(batch), "combinations": True}
        if layout is not None:
            header["layout"] = layout
        return header, ({} if start is None else {"start": np.asarray(start, state["dtype"]).reshape(-1)})

    def set_(request, arrays):
        state["center"], state["directions"] = arrays["center"], arrays["directions"]
        return {}, {}

    def loss_(request, arrays):
        points = arrays.get("points")
        if points is None:
            points = (combine or _combine)(state["center"], state["directions"], arrays["coefficients"])
        found = loss(points)
        found = found if isinstance(found, dict) else {"loss": found}
        return {}, {name: np.asarray(found[name], state["dtype"]).reshape(-1) for name in ("loss", *columns)}

    def gradient_(request, arrays):
        points = arrays["points"]
        found = loss(points)
        losses = found["loss"] if isinstance(found, dict) else found
        rows = [np.asarray(gradient(point), state["dtype"]).reshape(-1) for point in points]
        return {}, {"loss": np.asarray(losses, state["dtype"]).reshape(-1), "gradient": np.stack(rows)}

    def hvp_(request, arrays):
        rows = [np.asarray(hvp(arrays["point"], v), state["dtype"]).reshape(-1) for v in arrays["vectors"]]
        return {}, {"product": np.stack(rows)}

    requests = {"hello": hello, "set": set_, "loss": loss_, "gradient": gradient_, "hvp": hvp_}
    while True:
        frame = _read_frame(reads)
        if frame is None:
            return
        request, arrays = frame
        try:
            header, found = requests[request["do"]](request, arrays)
        except Exception as error:  # Cirque tells it with the place; the traceback goes to the log.
            import traceback
            traceback.print_exc()
            header, found = {"error": "%s: %s" % (type(error).__name__, error)}, {}
        _write_frame(writes, header, found)


def serve(module, loss_of_batch, data, batch=16, mode="eval", device=None, columns=(), loss_of_points=None):
    """Serves a PyTorch module: its loss, gradient and exact Hessian-vector products, on the CPU or a GPU.

    loss_of_batch(module, batch) -> the mean loss of a batch, a scalar tensor, or a dict with "loss" and each of `columns`.
    data: the batches, a list. The loss is the mean over the batches, weighted by the length of their first tensor.
    batch: how many parameter vectors are computed at once. Where the module cannot be vectorised over them (torch.func.vmap),
        they are computed one after another, and a line on standard error says so. So it is with torch.autograd.grad
        within the loss, as in many physics-informed networks; torch.func.jvp takes its place.
    mode: "eval" (dropout off, stored statistics of batch norms) or "train".
    """
    import torch

    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    module.to(device).train(mode == "train")
    data = [_moved(part, torch, device) for part in data]
    weights = [_length(part, torch) for part in data]
    weights = [weight / sum(weights) for weight in weights]
    named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
    shapes = [p.shape for _, p in named]
    sizes = [p.numel() for _, p in named]
    norms = _norm_parameters(module, torch)
    layout = [{"name": name, "shape": list(p.shape) or [1], "role": "weight" if p.dim() > 1 else "norm" if name in norms else "bias"}
              for name, p in named]
    start = torch.cat([p.detach().reshape(-1) for _, p in named]).double().cpu().numpy()
    call = _functional_call(torch, module)
    wanted = ("loss", *columns)

    def terms(theta, part):
        values = dict(zip((name for name, _ in named), (x.reshape(s) for x, s in zip(theta.split(sizes), shapes))))
        found = loss_of_batch(_Bound(module, values, call), part)
        found = found if isinstance(found, dict) else {"loss": found}
        return torch.stack([torch.as_tensor(found[name], dtype=theta.dtype, device=device).reshape(()) for name in wanted])

    kept = {"dtype": None, "vectorised": True}

    def tensor(values):
        dtype = torch.float64 if values.dtype == np.float64 else torch.float32
        if kept["dtype"] != dtype:
            module.to(dtype)
            for i, part in enumerate(data):
                data[i] = _moved(part, torch, device, dtype)
            kept["dtype"] = dtype
        return torch.as_tensor(np.ascontiguousarray(values), device=device)

    vmap = _vmap(torch)

    def loss(points):
        theta = tensor(points)
        total = 0
        for weight, part in zip(weights, data):
            total = total + weight * rows(theta, part).detach()
        return {name: total[:, i].double().cpu().numpy() for i, name in enumerate(wanted)}

    def rows(theta, part):
        if kept["vectorised"] and vmap is not None and len(theta) > 1:
            try:
                return vmap(lambda point: terms(point, part))(theta)
            except Exception as error:
                kept["vectorised"] = False
                print("the module cannot be vectorised over points (%s); they are computed one after another. For derivatives "
                      "within the loss, torch.func.jvp and torch.func.grad can be vectorised" % error, file=sys.stderr)
        return torch.stack([terms(point, part) for point in theta])

    def gradient(point):
        theta = tensor(point).requires_grad_()
        total = sum(weight * torch.autograd.grad(terms(theta, part)[0], theta)[0] for weight, part in zip(weights, data))
        return total.double().cpu().numpy()

    def hvp(point, vector):
        theta, v = tensor(point).requires_grad_(), tensor(vector)
        total = torch.zeros_like(theta)
        for weight, part in zip(weights, data):
            (first,) = torch.autograd.grad(terms(theta, part)[0], theta, create_graph=True)
            (second,) = torch.autograd.grad(first @ v, theta, allow_unused=True)
            if second is not None:
                total = total + weight * second
        return total.detach().double().cpu().numpy()

    serve_functions(len(start), loss_of_points or loss, gradient, hvp, start, layout, columns, batch)


class _Bound:
    """The module with other parameters: call it, or read its attributes."""

    def __init__(self, module, values, call):
        self.__dict__.update(_module=module, _values=values, _call=call)

    def __call__(self, *args, **kwargs):
        return self._call(self._values, args, kwargs)

    def __getattr__(self, name):
        return getattr(self._module, name)


def _functional_call(torch, module):
    try:
        from torch.func import functional_call
    except ImportError:  # before PyTorch 2.0
        from torch.nn.utils.stateless import functional_call
    return lambda values, args, kwargs: functional_call(module, values, args, kwargs)


def _vmap(torch):
    try:
        from torch.func import vmap
        return vmap
    except ImportError:
        try:
            from functorch import vmap
            return vmap
        except ImportError:
            return None


def _norm_parameters(module, torch):
    """Names of scales and shifts of norms, which have a role of their own."""
    return {(prefix + "." if prefix else "") + name
            for prefix, child in module.named_modules() if "Norm" in type(child).__name__
            for name, _ in child.named_parameters(recurse=False)}


def _moved(part, torch, device, dtype=None):
    if isinstance(part, torch.Tensor):
        return part.to(device, dtype) if dtype is not None and part.is_floating_point() else part.to(device)
    if isinstance(part, dict):
        return {name: _moved(item, torch, device, dtype) for name, item in part.items()}
    if isinstance(part, (list, tuple)):
        return type(part)(_moved(item, torch, device, dtype) for item in part)
    return part


def _length(part, torch):
    while isinstance(part, (list, tuple, dict)) and len(part) > 0:
        part = next(iter(part.values())) if isinstance(part, dict) else part[0]
    return len(part) if isinstance(part, torch.Tensor) and part.dim() > 0 else 1


def _combine(center, directions, coefficients):
    """center + sum of coefficients times directions; coefficients of zero give the center exactly."""
    points = np.repeat(center[None], len(coefficients), axis=0)
    for k, direction in enumerate(directions):
        points += coefficients[:, k, None] * direction
    return points


def _keep_freed_memory():
    """glibc returns freed arrays to the system, and asks for them again at the next batch. That can cost more than the loss."""
    try:
        import ctypes
        mallopt = ctypes.CDLL(None).mallopt
        trim_threshold, mmap_threshold = -1, -3
        mallopt(trim_threshold, 1 << 30)
        mallopt(mmap_threshold, 1 << 30) or mallopt(mmap_threshold, 32 << 20)
    except (AttributeError, OSError, TypeError):
        pass  # Not glibc.


def _streams():
    """The protocol's streams. File descriptor 1 becomes standard error, so that nothing that is printed gets in between."""
    reads = os.fdopen(os.dup(0), "rb")
    writes = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return reads, writes


def _read_frame(stream):
    head = stream.read(8)
    if len(head) < 8:
        return None
    assert head[:4] == MARK, "the stream from Cirque is out of step"
    header = json.loads(stream.read(struct.unpack("<I", head[4:])[0]))
    arrays = {}
    for name in header.get("arrays", []):
        (length,) = struct.unpack("<Q", stream.read(8))
        arrays[name] = np.load(io.BytesIO(stream.read(length)), allow_pickle=False)
    return header, arrays


def _write_frame(stream, header, arrays):
    text = json.dumps({**header, "arrays": list(arrays)}).encode()
    stream.write(MARK + struct.pack("<I", len(text)) + text)
    for array in arrays.values():
        data = io.BytesIO()
        np.save(data, np.ascontiguousarray(array), allow_pickle=False)
        stream.write(struct.pack("<Q", data.tell()))
        stream.write(data.getbuffer())
    stream.flush()


if __name__ == "__main__":
    # ---- Yours from here: a loss of two parameters, as an example. -------------------------------------------------------
    def rosenbrock(points):
        x, y = points.T
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    serve_functions(parameters=2, loss=rosenbrock, start=[1.0, 1.0], layout=[{"name": "x", "shape": [1]}, {"name": "y", "shape": [1]}])

    # For a PyTorch module:
    #
    #   import torch
    #   module = MyNetwork(); module.load_state_dict(torch.load("trained.pt"))
    #   def loss_of_batch(module, batch):
    #       images, labels = batch
    #       return torch.nn.functional.cross_entropy(module(images), labels)
    #   serve(module, loss_of_batch, [(images, labels)])
