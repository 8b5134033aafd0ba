/**
 * `torch.optim.LBFGS.step` and its `_strong_wolfe`, written down statement by statement (PyTorch 1.13 … 2.x;
 * BSD-3-Clause) on plain number arrays: the oracle of the L-BFGS tests.
 */
const dot = (a: number[], b: number[]) => a.reduce((sum, ai, i) => sum + ai * b[i], 0);
const absMax = (a: number[]) => Math.max(...a.map(Math.abs));
const add = (a: number[], b: number[], alpha: number) => a.map((ai, i) => ai + alpha * b[i]);

export function torchLbfgs(
  closure: (x: number[]) => { loss: number; grad: number[] },
  x: number[],
  {
    lr = 1,
    maxIter = 20,
    maxEval = Math.floor(maxIter * 1.25),
    toleranceGrad = 1e-7,
    toleranceChange = 1e-9,
    historySize = 100,
  },
): { x: number[]; losses: number[]; evaluations: number } {
  let { loss, grad: flatGrad } = closure(x);
  const losses = [loss];
  let currentEvals = 1;
  let optCond = absMax(flatGrad) <= toleranceGrad;
  if (optCond) return { x, losses, evaluations: currentEvals };
  let d: number[] = [];
  let t = 0;
  const oldDirs: number[][] = [];
  const oldStps: number[][] = [];
  const ro: number[] = [];
  let hDiag = 1;
  let prevFlatGrad: number[] = [];
  let nIter = 0;
  while (nIter < maxIter) {
    nIter += 1;
    if (nIter === 1) {
      d = flatGrad.map((g) => -g);
    } else {
      const y = add(flatGrad, prevFlatGrad, -1);
      const s = d.map((di) => di * t);
      const ys = dot(y, s);
      if (ys > 1e-10) {
        if (oldDirs.length === historySize) {
          oldDirs.shift();
          oldStps.shift();
          ro.shift();
        }
        oldDirs.push(y);
        oldStps.push(s);
        ro.push(1 / ys);
        hDiag = ys / dot(y, y);
      }
      const al: number[] = [];
      let q = flatGrad.map((g) => -g);
      for (let i = oldDirs.length - 1; i >= 0; i--) {
        al[i] = dot(oldStps[i], q) * ro[i];
        q = add(q, oldDirs[i], -al[i]);
      }
      d = q.map((qi) => qi * hDiag);
      for (let i = 0; i < oldDirs.length; i++) {
        const be = dot(oldDirs[i], d) * ro[i];
        d = add(d, oldStps[i], al[i] - be);
      }
    }
    prevFlatGrad = flatGrad;
    const prevLoss = loss;
    t = nIter === 1 ? Math.min(1, 1 / flatGrad.reduce((sum, g) => sum + Math.abs(g), 0)) * lr : lr;
    const gtd = dot(flatGrad, d);
    if (gtd > -toleranceChange) break;
    const found = torchStrongWolfe((step) => closure(add(x, d, step)), t, d, loss, flatGrad, gtd);
    ({ loss, grad: flatGrad, t } = found);
    x = add(x, d, t);
    losses.push(loss);
    optCond = absMax(flatGrad) <= toleranceGrad;
    currentEvals += found.evals;
    if (nIter === maxIter) break;
    if (currentEvals >= maxEval) break;
    if (optCond) break;
    if (absMax(d.map((di) => di * t)) <= toleranceChange) break;
    if (Math.abs(loss - prevLoss) < toleranceChange) break;
  }
  return { x, losses, evaluations: currentEvals };
}

export function torchStrongWolfe(
  objFunc: (t: number) => { loss: number; grad: number[] },
  t: number,
  d: number[],
  f: number,
  g: number[],
  gtd: number,
): { loss: number; grad: number[]; t: number; evals: number } {
  const [c1, c2, changeTolerance, maxLs] = [1e-4, 0.9, 1e-9, 25];
  const dNorm = absMax(d);
  let { loss: fNew, grad: gNew } = objFunc(t);
  let evals = 1;
  let gtdNew = dot(gNew, d);
  let [tPrev, fPrev, gPrev, gtdPrev] = [0, f, g, gtd];
  let done = false;
  let lsIter = 0;
  let bracket: number[] = [];
  let bracketF: number[] = [];
  let bracketG: number[][] = [];
  let bracketGtd: number[] = [];
  while (lsIter < maxLs) {
    if (fNew > f + c1 * t * gtd || (lsIter > 1 && fNew >= fPrev)) {
      [bracket, bracketF, bracketG, bracketGtd] = [
        [tPrev, t],
        [fPrev, fNew],
        [gPrev, gNew],
        [gtdPrev, gtdNew],
      ];
      break;
    }
    if (Math.abs(gtdNew) <= -c2 * gtd) {
      [bracket, bracketF, bracketG] = [[t], [fNew], [gNew]];
      done = true;
      break;
    }
    if (gtdNew >= 0) {
      [bracket, bracketF, bracketG, bracketGtd] = [
        [tPrev, t],
        [fPrev, fNew],
        [gPrev, gNew],
        [gtdPrev, gtdNew],
      ];
      break;
    }
    const minStep = t + 0.01 * (t - tPrev);
    const maxStep = t * 10;
    const tmp = t;
    t = cubicInterpolate(tPrev, fPrev, gtdPrev, t, fNew, gtdNew, [minStep, maxStep]);
    [tPrev, fPrev, gPrev, gtdPrev] = [tmp, fNew, gNew, gtdNew];
    ({ loss: fNew, grad: gNew } = objFunc(t));
    evals += 1;
    gtdNew = dot(gNew, d);
    lsIter += 1;
  }
  if (lsIter === maxLs)
    [bracket, bracketF, bracketG] = [
      [0, t],
      [f, fNew],
      [g, gNew],
    ];
  let insufProgress = false;
  let [lowPos, highPos] = bracketF[0] <= bracketF[bracketF.length - 1] ? [0, 1] : [1, 0];
  while (!done && lsIter < maxLs) {
    if (Math.abs(bracket[1] - bracket[0]) * dNorm < changeTolerance) break;
    t = cubicInterpolate(bracket[0], bracketF[0], bracketGtd[0], bracket[1], bracketF[1], bracketGtd[1]);
    const eps = 0.1 * (Math.max(...bracket) - Math.min(...bracket));
    if (Math.min(Math.max(...bracket) - t, t - Math.min(...bracket)) < eps) {
      if (insufProgress || t >= Math.max(...bracket) || t <= Math.min(...bracket)) {
        if (Math.abs(t - Math.max(...bracket)) < Math.abs(t - Math.min(...bracket))) t = Math.max(...bracket) - eps;
        else t = Math.min(...bracket) + eps;
        insufProgress = false;
      } else insufProgress = true;
    } else insufProgress = false;
    ({ loss: fNew, grad: gNew } = objFunc(t));
    evals += 1;
    gtdNew = dot(gNew, d);
    lsIter += 1;
    if (fNew > f + c1 * t * gtd || fNew >= bracketF[lowPos]) {
      [bracket[highPos], bracketF[highPos], bracketG[highPos], bracketGtd[highPos]] = [t, fNew, gNew, gtdNew];
      [lowPos, highPos] = bracketF[0] <= bracketF[1] ? [0, 1] : [1, 0];
    } else {
      if (Math.abs(gtdNew) <= -c2 * gtd) done = true;
      else if (gtdNew * (bracket[highPos] - bracket[lowPos]) >= 0) {
        bracket[highPos] = bracket[lowPos];
        bracketF[highPos] = bracketF[lowPos];
        bracketG[highPos] = bracketG[lowPos];
        bracketGtd[highPos] = bracketGtd[lowPos];
      }
      [bracket[lowPos], bracketF[lowPos], bracketG[lowPos], bracketGtd[lowPos]] = [t, fNew, gNew, gtdNew];
    }
  }
  return { loss: bracketF[lowPos], grad: bracketG[lowPos], t: bracket[lowPos], evals };
}

function cubicInterpolate(
  x1: number,
  f1: number,
  g1: number,
  x2: number,
  f2: number,
  g2: number,
  bounds?: [number, number],
): number {
  const [xminBound, xmaxBound] = bounds ?? (x1 <= x2 ? [x1, x2] : [x2, x1]);
  const d1 = g1 + g2 - (3 * (f1 - f2)) / (x1 - x2);
  const d2Square = d1 ** 2 - g1 * g2;
  if (d2Square < 0) return (xminBound + xmaxBound) / 2;
  const d2 = Math.sqrt(d2Square);
  const minPos =
    x1 <= x2
      ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
      : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2));
  return Math.min(Math.max(minPos, xminBound), xmaxBound);
}
