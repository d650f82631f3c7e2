import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JobWaker } from '../../core/job/wake.ts';
import { eventually } from '../support/eventually.ts';

/** What every way of waking workers must do. */
export function jobWakeContract(create: () => JobWaker): void {
  let waker: JobWaker;

  beforeEach(async () => {
    waker = create();
    await waker.start();
  });

  afterEach(() => waker.stop());

  it('tells a listener that there may be work', async () => {
    let heard = 0;
    waker.onWake(() => heard++);
    waker.wake();
    await eventually('it is heard', () => heard > 0);
  });

  it('tells it again after every wake that follows', async () => {
    let heard = 0;
    waker.onWake(() => heard++);
    for (let round = 1; round <= 3; round++) {
      const before = heard;
      waker.wake();
      await eventually(`wake ${round} is heard`, () => heard > before);
    }
  });

  it('does not tell who no longer listens', async () => {
    let stopped = 0;
    let listening = 0;
    const unlisten = waker.onWake(() => stopped++);
    waker.onWake(() => listening++);
    unlisten();
    waker.wake();
    await eventually('the other hears', () => listening > 0);
    expect(stopped).toBe(0);
  });

  it('takes a thousand wakes at once and neither throws nor loses the last', async () => {
    let heard = 0;
    waker.onWake(() => heard++);
    for (let count = 0; count < 1000; count++) waker.wake();
    await eventually('they are heard', () => heard > 0);
    const before = heard;
    waker.wake();
    await eventually('so is one more', () => heard > before);
  });

  it('is silent after it has stopped', async () => {
    let heard = 0;
    waker.onWake(() => heard++);
    await waker.stop();
    expect(() => waker.wake()).not.toThrow();
    expect(heard).toBe(0);
  });
}
