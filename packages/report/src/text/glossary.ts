/** The words of a report, each with what it means: Markdown of our own, nothing in it from outside. */
export const glossary: readonly (readonly [word: string, meaning: string])[] = [
  ['offered', 'arrivals per second that k6 aims at, whatever the server answers (an open model)'],
  ['accepted', 'connections per second that left the accept queue within the window, as the kernel counts'],
  ['completed', 'right responses per second that had arrived at k6 within the window'],
  [
    'accept queue',
    'connections that the kernel has completed and the process has not accepted; the limit is the effective backlog, min(listen argument, net.core.somaxconn), summed over the listeners, and the kernel lets in one more for each',
  ],
  ['offload queue', 'requests that the process has accepted and that wait for a CPU worker'],
  ['work', 'the CPU work of the request itself'],
  [
    'resend',
    'waiting because a full accept queue dropped what the client sent: a SYN, which is sent again after a second, or the request itself where a listener defers accepting until it has come (Bun’s), after 0.2 s and more',
  ],
  ['process', 'accepted and not yet started: waiting in the process, parsing'],
  [
    'reply',
    'from the work done until k6 has read the reply: handing over between threads, waiting to be written, writing, the network',
  ],
  [
    'k6 lag',
    'how late k6 started a request, and its opening of a connection: a part of the response time, but not of the server',
  ],
  ['residual', 'the mean response time less the sum of the stages: what they do not explain'],
  ['books', 'laws by which figures of different sources must agree: conservation, Little’s law, the ceiling'],
  ['response', 'k6 lag + time blocked before connecting + duration, so it is free of coordinated omission'],
  [
    'ceiling',
    'CPU workers / mean service time: the highest rate that the work allows. Workers that share a core take longer, so it is that of the load at hand; the multiples in a plan count on min(workers, free cores)',
  ],
  ['overflows', 'connections that were refused a place in a full accept queue'],
  [
    'topology',
    'inline: one accept loop that also computes; offload: one accept loop and w CPU workers; reuseport: w accept loops, each its own listener, computing inline; reuseport-offload: accept loops and w shared CPU workers; prefork: w processes on one port',
  ],
  ['n', 'valid replicates, each in a fresh server process'],
  ['invalid', 'a replicate that did not meet a gate: its figures are not used'],
  ['failed', 'a replicate that did not come to its end'],
];

/** How the figures were made. */
export const method: readonly string[] = [
  'Every cell runs once in each block, in a seeded random order, each time in a fresh server process.',
  'A figure is the median of the valid replicates, with the range in brackets. Percentiles are never averaged: of an even number of replicates the larger of the middle two is shown.',
  'The mean wait in the accept queue is the integral of the queue over time, from window start until the queue is empty, shared among those who waited there (Little’s law in its exact form, so it holds in overload).',
  'The offload queue and the work are what the server measured; the process and the reply are occupancies from counters of the kernel, the server and k6, integrated over time. So the stages sum to k6’s mean but for the residual. Where a source is missing, the process is the rest, and is said to be. Medians of stages need not sum to the median response.',
  'A replicate that fails a gate is listed with the reason, and no figure of it is used.',
];
