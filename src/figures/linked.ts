/**
 * The channel by which a mark of a datum with the field `vertex` carries that number into the SVG, as `data-vertex`:
 * the page of a report links marks of the same vertex.
 */
export const linked = { description: { signal: "isValid(datum.vertex) ? 'vertex ' + datum.vertex : null" } };
