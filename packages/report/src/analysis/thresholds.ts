/** Every number that a gate compares with, and why it is that number. */
export const thresholds = {
  /**
   * Started and dropped arrivals against rate × duration. k6 schedules a constant rate to the millisecond, so only the
   * arrival at either edge of the window is in doubt; 1 % leaves room for a window that closes late.
   */
  arrivalShare: 0.01,
  arrivalCount: 2,
  /**
   * p99 of the scheduling lag, ms. An unhurried k6 shows 1.3 ms at 300 arrivals/s. On a
   * busy machine of two cores that steals from itself it comes to 12–18 ms, which moves one arrival in a hundred by a few
   * service times, and the response time counts it. A generator that lacks CPU is late by hundreds of ms: beyond 20 ms its
   * own lateness shapes the arrivals and would be read as the server's.
   */
  schedulingLagP99Ms: 20,
  /**
   * How long a burst's connects may take, as a share of the time until all are answered. One connect costs the client some
   * 0.1 ms; beyond a quarter of the server's time for a request it is no instant, and the client shapes what is measured.
   */
  burstSpreadShare: 0.25,
  /**
   * Dropped arrivals count as the server's doing only when it worked at this share of its ceiling at least. A server that is
   * not busy and a generator without a free virtual user is a generator that was given too few of them. An event loop
   * that computes reaches 97 % of its ceiling here, so 80 % leaves room for a slow one.
   */
  busyShareOfCeiling: 0.8,
  /**
   * Completions of each third of the window against their mean. Arrivals at a constant rate have next to no variance, so a
   * Poisson band of three sigmas would let a third of a second of backlog through; 5 % of a third is the most that one
   * pause of the server explains. In a short window a single request is more than that: one Poisson sigma (the root of the
   * count) is allowed as well, which is below 5 % from 400 completions a third.
   */
  stationarityShare: 0.05,
  /**
   * Completions above the ceiling. The ceiling rests on a mean service time that the server measured by itself, and the
   * books of one replicate close within 5 %. Anything faster did not do the work.
   */
  ceilingShare: 0.05,
  /**
   * Connections without isolation: the kernel's counter is then the whole host's, and other programs' connections are in it.
   * Within 5 %, or one connection, the books close; with isolation they close exactly.
   */
  connectionShare: 0.05,
  connectionCount: 1,
  /**
   * Late and missing kernel samples. A step of the queue inside a gap is misplaced by half the gap at most, so one gap in
   * twenty moves the integral by less than the 5 % within which the books must close.
   */
  missedSampleShare: 0.05,
  /**
   * Connections that the kernel opened and that are nobody's, as a share, where a queue overflowed: SYN cookies are checked without
   * memory, and an ACK that comes twice makes a second connection of the first. 2 of 1,500 were seen.
   */
  strayShare: 0.02,
  /**
   * The load's mean response time against the sum of the stages: 5 %, or 1 ms, whichever is larger. Every stage is measured by
   * itself, at moments that are up to some tenths of a ms apart. Where the process is the rest, this is how far it may
   * fall below zero.
   */
  stagesShare: 0.05,
  stagesMs: 1,
  /**
   * The same for a burst, ms. All of it is one step, which falls somewhere between two samples of the queue and two scrapes, and
   * each of its requests is misplaced by the same: half a period of either, which is 10 ms, and what they are late.
   */
  burstStagesMs: 15,
  /**
   * Little's law: an occupancy sampled by the scrapes against the sum of the waits. 5 %, or one request at any time,
   * whichever is larger: a sample falls before or after each step by chance.
   */
  littleShare: 0.05,
  littleOccupancy: 1,
  /**
   * An occupancy is the difference of counters that are read one after the other while threads write them, some tenths of a ms
   * apart on a busy machine: it is off by the requests of that time. At 300 a second that is nothing, at 20,000 it is 4.
   */
  littleSkewSeconds: 0.0002,
  /**
   * k6's CPU in the window against the cores it has: those that the ceiling does not count on, or those it is confined to.
   * Above 90 % a queue forms in front of it, and what it measures is itself.
   */
  generatorShare: 0.9,
  /**
   * Mean service time by thirds of the window, most against least. A plain loop was seen to go from 4 to 24 ms per call
   * when its engine changed its mind; sharing two cores with the generator moves it by a tenth or two. Of work that
   * takes next to no time a single late wake-up is more than that, so a quarter of a ms is allowed as well.
   */
  serviceTimeRatio: 1.4,
  serviceTimeMs: 0.25,
  /**
   * A gap between two kernel samples in ms: nothing but a machine that stands still keeps a process from running for so
   * long. A shorter pause of the probe is for the gate of missing samples.
   */
  suspendedMs: 3000,
  /** How far the wall clock and the monotonic one may part in ms: time servers slew by 0.5 ms a second. */
  clockStepMs: 250,
  /**
   * CPU time that the hypervisor gave to others, as a share of one core. One service time in ten is then late by its own
   * length; PSI is stored beside it and is no gate, since on few cores overload itself makes pressure.
   */
  stealShare: 0.1,
} as const;
