/** Work did not settle within its limit. It may still be running; whoever started it must fence it. */
export class TimeLimitError extends Error {
  readonly limitMs: number;

  constructor(what: string, limitMs: number) {
    super(`${what} did not finish within ${limitMs} ms.`);
    this.name = 'TimeLimitError';
    this.limitMs = limitMs;
  }
}

/** Waits for `work` at most `limitMs`; calls `onLimit` before rejecting with a TimeLimitError. */
export async function withTimeLimit<T>(
  what: string,
  limitMs: number,
  work: () => Promise<T>,
  onLimit?: () => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onLimit?.();
      reject(new TimeLimitError(what, limitMs));
    }, limitMs);
  });
  try {
    // Called inside, so that work which throws before its first await is a failure like any other.
    const running = (async () => work())();
    // What settles after the limit has nobody left to listen.
    running.catch(() => undefined);
    return await Promise.race([running, limit]);
  } finally {
    clearTimeout(timer);
  }
}
