import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { assertClose } from "../checkDerivatives.js";
import { digest, sines } from "../digest.js";

test("causal attention and smooth activations are PyTorch's", async () => {
  const x = sines(2, 3, 4);
  const cases: [f.Tensor, number[]][] = [
    [
      f.attention(x, f.mul(2, x), f.add(x, 1), { causal: true }),
      [1.90929742682568, 24.930928948178767, 9.22705361065224],
    ],
    [f.gelu(f.mul(3, sines(6))), [2.71919843063258, 5.309549005372826, 3.8440441395818263]],
    [f.softplus(f.mul(3, sines(4))), [2.79120213956326, 6.418018294803735, 3.6264738004067207]],
    [f.silu(sines(4)), [0.648198465699561, 1.0700497921062946, 1.1460495714339949]],
  ];
  for (const [i, [tensor, expected]] of cases.entries())
    assertClose(await digest(tensor), expected, 1e-13, `case ${i}`);
});
