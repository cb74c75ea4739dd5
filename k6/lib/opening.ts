/** What k6's `timings` say of the time before a request could be sent, in ms. */
export interface OpeningTimings {
  /** Waiting for a connection, `connecting` included. */
  readonly blocked: number;
  /** From the first SYN until the connection stood. */
  readonly connecting: number;
}

/**
 * A handshake that takes this long has had a SYN dropped: Linux sends it again after 1 s (TCP_TIMEOUT_INIT, as RFC 6298
 * has it), and one over loopback without a drop is over in well under 1 ms. Between the two lies a k6 without CPU.
 */
const RESEND_MS = 900;

/**
 * The time before a request could be sent, in its two parts: opening the connection, and waiting for SYNs sent again. Of
 * a handshake with a dropped SYN, what is not waiting is below 0.1 %, so all of `connecting` counts as resending.
 */
export function openingParts({ blocked, connecting }: OpeningTimings): {
  readonly openingMs: number;
  readonly resendingMs: number;
} {
  const resendingMs = connecting >= RESEND_MS ? connecting : 0;
  return { openingMs: Math.max(0, blocked - resendingMs), resendingMs };
}
