const { timeOrigin } = performance;

/** Unix time in ms from the monotonic clock, which all threads of a process can compare. */
export const now = (): number => timeOrigin + performance.now();
