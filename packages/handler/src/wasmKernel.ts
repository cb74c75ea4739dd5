/** The part of the WebAssembly interface that the kernel needs: every engine has it, no runtime's types are asked for. */
interface WebAssemblyLike {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
}

/**
 * A linear congruential generator from seed 0, x ← 1664525·x + 1013904223 (mod 2³²), `iterations` times
 * (Numerical Recipes, 2nd edition, §7.1: "quick and dirty" generator). Each turn waits for the one before,
 * so the cost is the latency of a multiplication and an addition: the same on every engine that compiles it.
 *
 * (module
 *   (func (export "run") (param $left i32) (result i32) (local $x i32)
 *     (loop $turn
 *       (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
 *       (br_if $turn (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
 *     (local.get $x)))
 */
// biome-ignore format: a line an instruction
const moduleBytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version 1
  0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f, // types: (i32) -> i32
  0x03, 0x02, 0x01, 0x00, // functions: one, of type 0
  0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00, // exports: "run" is function 0
  0x0a, 0x25, 0x01, 0x23, // code: one body of 35 bytes
  0x01, 0x01, 0x7f, // one local, i32
  0x03, 0x40, // loop
  0x20, 0x01, // local.get 1
  0x41, 0x8d, 0xcc, 0xe5, 0x00, // i32.const 1664525
  0x6c, // i32.mul
  0x41, 0xdf, 0xe6, 0xbb, 0xe3, 0x03, // i32.const 1013904223
  0x6a, // i32.add
  0x21, 0x01, // local.set 1
  0x20, 0x00, 0x41, 0x01, 0x6b, // local.get 0, i32.const 1, i32.sub
  0x22, 0x00, // local.tee 0
  0x0d, 0x00, // br_if 0
  0x0b, // end of loop
  0x20, 0x01, // local.get 1
  0x0b, // end of body
]);

/** Compiles the kernel. The function takes iterations (1 to 2³¹−1) and returns the generator's last state, unsigned. */
export function createWasmKernel(): (iterations: number) => number {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyLike };
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes)).exports;
  if (typeof run !== 'function') throw new TypeError('the WebAssembly kernel exports no function "run"');
  return (iterations) => run(iterations) >>> 0;
}
