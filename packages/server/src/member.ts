/** Variables by which a process knows that it is a member of `prefork`: its index, and where the whole server's metrics are. */
export const memberIndexVariable = 'ACCEPTBENCH_MEMBER';
export const memberMetricsVariable = 'ACCEPTBENCH_METRICS_URL';
/** Where a member's metrics thread gives its slots of shared memory to the process that started it. */
export const slotsPath = '/slots';
