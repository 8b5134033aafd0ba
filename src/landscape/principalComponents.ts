import { centredBlocks, centredGram } from "../linalg/centredRows.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { axpy, dot, norm, requireFinite, scale } from "../linalg/vectors.js";
import { type TensorLayout, tensorSize } from "../models/networks/layout.js";

/** The weights of one checkpoint, in the number type that they are stored in. */
type Checkpoint = ArrayLike<number>;

export interface PrincipalComponentsOptions {
  count: number;
  /** The vector to subtract from every checkpoint: the mean of all, or a checkpoint. */
  center: "mean" | Checkpoint;
  /** Tensors with these roles are excluded; the components are 0 there. */
  ignore: readonly TensorLayout["role"][];
}

export interface PrincipalComponents {
  /**
   * Orthogonal unit vectors, largest variance first. The checkpoint farthest out along a component lies on its positive
   * side.
   */
  components: Float64Array[];
  /** Σ over checkpoints of the squared coordinate along each component, as a share of Σ‖checkpoint − center‖². */
  explained: Float64Array;
}

/**
 * Shares of the largest variance below this are rounding: coordinates of 3·10⁻⁷ of the widest spread, the limit of
 * single precision.
 */
const NO_VARIANCE = 1e-13;

/**
 * Principal components of the checkpoints of a trajectory: with X the checkpoints minus the center, T × P, the leading
 * eigenvectors of XᵀX. Around the mean that is the covariance times T; around the last checkpoint X holds the
 * differences of Li et al. 2018, *Visualizing the Loss Landscape of Neural Nets*, §7.2.
 *
 * They come from the T × T Gram matrix XXᵀ = UΛUᵀ as Xᵀu/√λ, so no P × P matrix and no copy of X is ever made.
 *
 * @throws RangeError for different lengths; Error when a checkpoint is not finite, when all are equal to the center,
 * and when they span fewer than `count` directions.
 */
export async function principalComponents(
  checkpoints: readonly Checkpoint[],
  layout: readonly TensorLayout[],
  { count, center, ignore }: PrincipalComponentsOptions,
): Promise<PrincipalComponents> {
  const rows = checkpoints.length;
  const size = layout.reduce((sum, tensor) => sum + tensorSize(tensor), 0);
  for (const [t, checkpoint] of checkpoints.entries()) requireCheckpoint(checkpoint, size, `checkpoint ${t + 1}`);
  if (center !== "mean") requireCheckpoint(center, size, "the center");

  const ranges = layout
    .filter(({ role }) => !ignore.includes(role))
    .map((tensor) => [tensor.offset, tensor.offset + tensorSize(tensor)] as const);
  const gram = await centredGram(checkpoints, { center, ranges });
  let total = 0;
  for (let t = 0; t < rows; t++) total += gram[t * rows + t];
  if (!(total > 0)) throw new Error(`all ${rows} checkpoints are equal: they have no principal components`);

  const { values, vectors } = symmetricEigen(gram, rows);
  const ascending = values.subarray(Math.max(0, rows - count));
  const found = values.reduce((n, value) => n + (value > NO_VARIANCE * values[rows - 1] ? 1 : 0), 0);
  if (found < count) {
    throw new Error(
      `${count} principal components are requested, but the ${rows} checkpoints spread along ${found} direction${found === 1 ? "" : "s"} only; ` +
        `expected count at most ${found}, or more checkpoints`,
    );
  }
  const leading = ascending.slice().reverse();
  const components = Array.from(leading, () => new Float64Array(size));
  const shares = Array.from(leading, (_, k) => {
    const u = vectors.slice((rows - 1 - k) * rows, (rows - k) * rows);
    scale(signOfLargest(u), u);
    return u;
  });
  for (const { block, start, end } of centredBlocks(checkpoints, { center, ranges })) {
    for (const [k, component] of components.entries()) {
      const part = component.subarray(start, end);
      for (let t = 0; t < rows; t++) axpy(shares[k][t], block[t], part);
    }
  }
  orthonormalize(components);
  return { components, explained: leading.map((value) => value / total) };
}

/**
 * Gram–Schmidt in place: removes the remainders of wider components from narrower ones, which rounding in the Gram
 * matrix leaves.
 */
function orthonormalize(vectors: Float64Array[]): void {
  for (const [k, vector] of vectors.entries()) {
    for (const other of vectors.slice(0, k)) axpy(-dot(other, vector), other, vector);
    scale(1 / norm(vector), vector);
  }
}

function signOfLargest(u: Float64Array): number {
  return u.reduce((largest, x) => (Math.abs(x) > Math.abs(largest) ? x : largest), 0) < 0 ? -1 : 1;
}

function requireCheckpoint(checkpoint: Checkpoint, size: number, what: string): void {
  if (checkpoint.length !== size) throw new RangeError(`${what} has ${checkpoint.length} weights; expected ${size}`);
  requireFinite(checkpoint, what);
}
