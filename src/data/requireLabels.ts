/**
 * Checks that labels are integers from 0 to below `classes`. `place` names the position of label i. Throws an Error for
 * the first wrong label.
 */
export function requireLabels(labels: ArrayLike<number>, classes: number, place: (i: number) => string): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new Error(`${place(i)} is ${label}; expected a whole number from 0 to ${classes - 1}`);
    }
  }
}
