/** Where every "now" comes from. Decisions take an instant; only shells ask the clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands until it is moved; for tests and for the demo's time travel. */
export class ManualClock implements Clock {
  #at: number;

  constructor(at: Date) {
    this.#at = at.getTime();
  }

  now(): Date {
    return new Date(this.#at);
  }

  set(at: Date): void {
    this.#at = at.getTime();
  }

  advance(ms: number): void {
    this.#at += ms;
  }
}
