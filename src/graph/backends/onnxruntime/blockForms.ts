import { expand, expandOperator, reshape } from "../../operators/broadcast.js";
import { padRank, type Shape, sameShape, sizeOf } from "../../shape.js";
import type { Operator, Tensor } from "../../tensor.js";
import { blockedShape, fromBlocked, toBlocked } from "./blockedOperators.js";

/** The new forms of the tensors of a program: plain, with images in blocks of `block` channels, or both. */
export interface BlockForms {
  readonly block: number;
  /** True when a tensor has only a form in blocks so far. */
  isBlocked(x: Tensor): boolean;
  /** True for images whose channels fill whole blocks. */
  wholeBlocks(x: Tensor): boolean;
  plain(x: Tensor): Tensor;
  /** Images in blocks. Their channels must fill whole blocks. */
  blocked(x: Tensor): Tensor;
  /** An operand that broadcasts to images of a shape, in a form that broadcasts to those images in blocks. */
  stretched(x: Tensor, shape: Shape): Tensor;
  /** Gives an operator its new form, if it has none: by its rule, or on plain operands. */
  rewrite(tensor: Tensor): void;
}

/**
 * The new form of an operator: blocks (5 axes) or plain images (4 axes). Undefined leaves the operator unchanged, on
 * plain operands.
 */
type Rule<A extends object> = (node: Tensor<A>, forms: BlockForms) => Tensor | undefined;

/** Rules by operator. A later rule replaces an earlier one. */
export type BlockRules = ReadonlyMap<Operator<never>, Rule<object>>;

/** An entry of `BlockRules`. */
export function rule<A extends object>(operator: Operator<A>, apply: Rule<A>): [Operator<never>, Rule<object>] {
  return [operator as Operator<never>, apply as Rule<object>];
}

export function blockForms(block: number, rules: BlockRules): BlockForms {
  const plainForms = new Map<Tensor, Tensor>();
  const blockedForms = new Map<Tensor, Tensor>();

  const forms: BlockForms = {
    block,
    isBlocked: (x) => blockedForms.has(x) && !plainForms.has(x),
    wholeBlocks: ({ shape }) => shape.length === 4 && shape[1] % block === 0 && sizeOf(shape) > 0,
    plain(x) {
      const known = plainForms.get(x);
      if (known) return known;
      const form = fromBlocked(blockedForms.get(x)!, x.shape);
      plainForms.set(x, form);
      return form;
    },
    blocked(x) {
      const known = blockedForms.get(x);
      if (known) return known;
      const form =
        x.operator === expandOperator
          ? expand(forms.stretched(x.inputs[0], x.shape), blockedShape(x.shape, block))
          : toBlocked(forms.plain(x), block);
      blockedForms.set(x, form);
      return form;
    },
    stretched(x, shape) {
      if (sameShape(x.shape, shape)) return forms.blocked(x);
      if (sizeOf(x.shape) === 1) return reshape(forms.plain(x), []);
      const [images, channels, height, width] = padRank(x.shape, 4);
      if (channels === 1) return reshape(forms.plain(x), [images, 1, height, width, 1]);
      if (height === 1 && width === 1) return reshape(forms.plain(x), [images, channels / block, 1, 1, block]);
      return toBlocked(reshape(forms.plain(x), [images, channels, height, width]), block);
    },
    rewrite(tensor) {
      if (plainForms.has(tensor) || blockedForms.has(tensor)) return;
      const form = rules.get(tensor.operator as Operator<never>)?.(tensor, forms);
      if (form) (form.shape.length === 5 ? blockedForms : plainForms).set(tensor, form);
      else {
        const inputs = tensor.inputs.map(forms.plain);
        const same = inputs.every((own, i) => own === tensor.inputs[i]);
        plainForms.set(tensor, same ? tensor : { ...tensor, inputs });
      }
    },
  };
  return forms;
}
