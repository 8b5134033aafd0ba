/** A stationary incompressible flow in a box whose lid, the side of largest y, moves in its own direction. */
export interface DrivenCavity {
  readonly width: number;
  readonly height: number;
  /** The kinematic viscosity: the inverse of the Reynolds number, where width and lid velocity are 1. */
  readonly viscosity: number;
  /** The velocity of the lid at distances 0 … width from its left end. */
  readonly lid: (x: number) => number;
}

export interface CavityFlow {
  /** The velocities at the points of the grid, x fastest. */
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** The numbers of cells along x and y of the finest mesh. */
  readonly cells: readonly [number, number];
  /**
   * The root mean square of the last change of (u, v) by halving the cells, divided by that of (u, v) and by 3: the
   * error that remains for a method of order 2.
   */
  readonly estimatedError: number;
}

export interface CavityOptions {
  /** The numbers of points of the grid along x and y, with both ends. */
  readonly grid: readonly [number, number];
  readonly tolerance: number;
  readonly onAttempt?: (cells: readonly [number, number]) => void;
}

/** Stream function and vorticity at the nodes of a mesh, x fastest. */
interface Mesh {
  readonly nx: number;
  readonly ny: number;
  readonly psi: Float64Array;
  readonly omega: Float64Array;
}

const FEWEST_CELLS = 32;
const MOST_CELLS = 512;
const MOST_SWEEPS = 100_000;
/** The largest change of a sweep at the end, relative to the stream function's scale. */
const SETTLED = 1e-9;
/** The share of a new vorticity that a sweep takes at the walls. */
const WALL_RELAXATION = 0.5;

/**
 * The flow by stream function ψ and vorticity ω = −Δψ with central differences, Thom's formula at the walls and
 * relaxation, as Ghia, Ghia & Shin (1982) discretize it. The cells are halved until the estimated error is below the
 * tolerance; each mesh starts from the coarser one.
 *
 * @throws Error when the relaxation does not settle, or the error is too large on the finest mesh.
 */
export function drivenCavity(problem: DrivenCavity, { grid, tolerance, onAttempt }: CavityOptions): CavityFlow {
  const [columns, rows] = [grid[0] - 1, grid[1] - 1];
  let multiple = Math.ceil(FEWEST_CELLS / Math.max(columns, rows));
  let mesh = emptyMesh(multiple * columns, multiple * rows);
  let before: Velocities | undefined;
  for (;;) {
    const cells = [mesh.nx, mesh.ny] as const;
    onAttempt?.(cells);
    relax(mesh, problem);
    const flow = velocities(mesh, problem, multiple);
    const estimatedError = before ? changeOf(before, flow) / 3 : Number.POSITIVE_INFINITY;
    if (estimatedError <= tolerance) return { ...flow, cells, estimatedError };
    if (2 * Math.max(...cells) > MOST_CELLS) {
      const found = `has an estimated error of ${estimatedError.toExponential(1)} on ${cells.join(" × ")} cells`;
      throw new Error(`the flow ${found}; expected at most ${tolerance}; raise the tolerance`);
    }
    before = flow;
    multiple *= 2;
    mesh = refined(mesh);
  }
}

const emptyMesh = (nx: number, ny: number): Mesh => {
  const size = (nx + 1) * (ny + 1);
  return { nx, ny, psi: new Float64Array(size), omega: new Float64Array(size) };
};

/** A mesh of half the cell size with interpolated values. */
function refined(mesh: Mesh): Mesh {
  const finer = emptyMesh(2 * mesh.nx, 2 * mesh.ny);
  for (const name of ["psi", "omega"] as const) {
    for (let j = 0; j <= finer.ny; j++) {
      for (let i = 0; i <= finer.nx; i++) {
        const at = (a: number, b: number) => mesh[name][a + (mesh.nx + 1) * b];
        const [left, low, right, high] = [i >> 1, j >> 1, (i + 1) >> 1, (j + 1) >> 1];
        finer[name][i + (finer.nx + 1) * j] = (at(left, low) + at(right, low) + at(left, high) + at(right, high)) / 4;
      }
    }
  }
  return finer;
}

/** Sweeps over the mesh until ψ and ω change no more. */
function relax(mesh: Mesh, problem: DrivenCavity): void {
  const { nx, ny } = mesh;
  const [h, k] = [problem.width / nx, problem.height / ny];
  const lid = Float64Array.from({ length: nx + 1 }, (_, i) => problem.lid(i * h));
  const scale =
    lid.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * Math.min(problem.width, problem.height);
  // The best factor for Poisson's equation (Young 1954).
  const overrelaxation = 2 / (1 + Math.sin(Math.PI / Math.max(nx, ny)));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    setWalls(mesh, lid, h, k);
    const change = sweepInside(mesh, { h, k, viscosity: problem.viscosity, overrelaxation });
    if (change <= SETTLED * scale) return;
    if (!Number.isFinite(change)) break;
  }
  throw new Error(
    `the relaxation does not settle on ${nx} × ${ny} cells; ` +
      "expected a viscosity for which the flow is stationary, and a grid that resolves its layers",
  );
}

/** Thom's formula: ω at a wall from ψ beside it, which is zero at the wall. */
function setWalls({ nx, ny, psi, omega }: Mesh, lid: Float64Array, h: number, k: number): void {
  const width = nx + 1;
  const set = (at: number, value: number) => {
    omega[at] += WALL_RELAXATION * (value - omega[at]);
  };
  for (let i = 1; i < nx; i++) {
    set(i, (-2 * psi[i + width]) / (k * k));
    const top = i + width * ny;
    set(top, (-2 * psi[top - width]) / (k * k) - (2 * lid[i]) / k);
  }
  for (let j = 1; j < ny; j++) {
    set(width * j, (-2 * psi[1 + width * j]) / (h * h));
    set(nx + width * j, (-2 * psi[nx - 1 + width * j]) / (h * h));
  }
}

/** One sweep over all inner nodes. Returns the largest change of ψ, or of ω times the area of a cell. */
function sweepInside(
  { nx, ny, psi, omega }: Mesh,
  { h, k, viscosity, overrelaxation }: { h: number; k: number; viscosity: number; overrelaxation: number },
): number {
  const width = nx + 1;
  const [a, b] = [1 / (h * h), 1 / (k * k)];
  const convection = 1 / (4 * h * k * viscosity);
  const diagonal = 2 * (a + b);
  let largest = 0;
  for (let j = 1; j < ny; j++) {
    for (let at = 1 + width * j; at < nx + width * j; at++) {
      const [west, east, south, north] = [psi[at - 1], psi[at + 1], psi[at - width], psi[at + width]];
      const stream = (a * (west + east) + b * (south + north) + omega[at]) / diagonal - psi[at];
      psi[at] += overrelaxation * stream;
      // ν Δω = u ω_x + v ω_y with u = ψ_y, v = −ψ_x
      const [u, v] = [(north - south) * convection, (west - east) * convection];
      const vorticity =
        ((a - u) * omega[at + 1] +
          (a + u) * omega[at - 1] +
          (b - v) * omega[at + width] +
          (b + v) * omega[at - width]) /
          diagonal -
        omega[at];
      omega[at] += vorticity;
      largest = Math.max(largest, Math.abs(stream), Math.abs(vorticity) * h * k);
    }
  }
  return largest;
}

interface Velocities {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** u = ψ_y and v = −ψ_x at every `multiple`-th node, by central differences; those of the walls are given. */
function velocities({ nx, ny, psi }: Mesh, { width, height, lid }: DrivenCavity, multiple: number): Velocities {
  const [h, k] = [width / nx, height / ny];
  const [columns, rows] = [nx / multiple + 1, ny / multiple + 1];
  const [u, v] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const at = i * multiple + (nx + 1) * j * multiple;
      const to = i + columns * j;
      if (j === rows - 1) u[to] = lid(i * multiple * h);
      if (i === 0 || j === 0 || i === columns - 1 || j === rows - 1) continue;
      u[to] = (psi[at + nx + 1] - psi[at - nx - 1]) / (2 * k);
      v[to] = (psi[at - 1] - psi[at + 1]) / (2 * h);
    }
  }
  return { u, v };
}

/** ‖a − b‖ / ‖b‖ of both velocities together. */
function changeOf(a: Velocities, b: Velocities): number {
  let [change, size] = [0, 0];
  for (const name of ["u", "v"] as const) {
    for (let i = 0; i < a[name].length; i++) {
      change += (a[name][i] - b[name][i]) ** 2;
      size += b[name][i] ** 2;
    }
  }
  return size === 0 ? 0 : Math.sqrt(change / size);
}
