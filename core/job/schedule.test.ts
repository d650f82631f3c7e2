import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StartError } from '../errors.ts';
import { checkSchedule, dueFiring } from './schedule.ts';

const at = (text: string) => new Date(text);
const EIGHT = { cron: '0 8 * * *', missed: 'once' as const };

describe('a schedule', () => {
  it('is read in Shanghai time', () => {
    expect(dueFiring(EIGHT, at('2026-11-23T12:00:00Z'), at('2026-11-24T00:00:00Z'))).toEqual(
      at('2026-11-24T00:00:00Z'),
    );
    expect(dueFiring(EIGHT, at('2026-11-23T12:00:00Z'), at('2026-11-23T23:59:59.999Z'))).toBeUndefined();
  });

  it('does not fire twice for one instant', () => {
    expect(dueFiring(EIGHT, at('2026-11-24T00:00:00Z'), at('2026-11-24T09:00:00Z'))).toBeUndefined();
  });

  it('runs only the latest of several missed firings, where it says once', () => {
    expect(dueFiring(EIGHT, at('2026-11-20T12:00:00Z'), at('2026-11-24T09:00:00Z'))).toEqual(
      at('2026-11-24T00:00:00Z'),
    );
  });

  it('lets missed firings go, where it says skip, but not one that was merely noticed late', () => {
    const skip = { ...EIGHT, missed: 'skip' as const };
    expect(dueFiring(skip, at('2026-11-20T12:00:00Z'), at('2026-11-24T09:00:00Z'))).toBeUndefined();
    expect(dueFiring(skip, at('2026-11-20T12:00:00Z'), at('2026-11-24T00:00:30Z'))).toEqual(
      at('2026-11-24T00:00:00Z'),
    );
  });

  it('never fires in the future, before its last firing, or off its minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 * 86_400_000 }), fc.nat(3 * 86_400_000), (from, span) => {
        const lastAt = new Date(Date.UTC(2026, 0, 1) + from);
        const now = new Date(lastAt.getTime() + span);
        const firing = dueFiring({ cron: '*/15 * * * *', missed: 'once' }, lastAt, now);
        if (!firing) return span < 15 * 60_000;
        return firing > lastAt && firing <= now && firing.getTime() % (15 * 60_000) === 0;
      }),
      { numRuns: 200 },
    );
  });

  it('that cannot be read refuses the start and names its plugin and job', () => {
    const broken = {
      owner: 'fund-pool',
      job: 'fund-pool.refresh',
      cron: '99 * * *',
      missed: 'once' as const,
    };
    expect(() => checkSchedule(broken)).toThrow(StartError);
    expect(() => checkSchedule(broken)).toThrow(/fund-pool".*fund-pool\.refresh.*99 \* \* \*/);
  });
});
