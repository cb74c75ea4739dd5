/**
 * Preloaded into the Node server, it makes the work of each request take 10 % longer: the kernel runs a tenth of its iterations
 * first, and forgets what came out. The answers stay right, and the server says what it always says: a regression as real ones are.
 */
const share = 0.1;

const { Instance } = WebAssembly;

WebAssembly.Instance = new Proxy(Instance, {
  construct(target, [module]: [WebAssembly.Module]) {
    const { run } = new target(module).exports as { run: (iterations: number) => number };
    const slower = (iterations: number) => {
      run(Math.max(1, Math.round(iterations * share)));
      return run(iterations);
    };
    return { exports: { run: slower } };
  },
});
