const DEADLINE_MS = 15_000;
const POLL_MS = 10;

/** Asks again and again until the answer is true; fails with what it waited for after a deadline. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = DEADLINE_MS,
  /** Longer where asking is dear and the wait is long. */
  pollMs = POLL_MS,
): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited ${deadlineMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
