/** Numbers, money and instants as the house writes them. Pure: what they show depends on nothing but what they are given. */

const MINUS = '−';

/** 1,234,567; a real minus sign. */
export function count(value: number): string {
  const digits = Math.abs(value).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return value < 0 ? `${MINUS}${digits}` : digits;
}

/** Minor units of yuan: 123450 is ¥1,234.50. */
export function money(amountMinor: number): string {
  const whole = Math.trunc(Math.abs(amountMinor) / 100);
  const cents = String(Math.abs(amountMinor) % 100).padStart(2, '0');
  return `${amountMinor < 0 ? MINUS : ''}¥${count(whole)}.${cents}`;
}

/** What a person typed as yuan, in minor units; null where it is no amount of at most two decimals. */
export function minorOf(text: string): number | null {
  const plain = text.replaceAll(',', '').replace('¥', '').trim();
  const found = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!found) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

const shanghai = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function partsOf(instant: string | Date) {
  const parts = shanghai.formatToParts(typeof instant === 'string' ? new Date(instant) : instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

/** 2026-11-23 14:05, Shanghai time. */
export function moment(instant: string | Date): string {
  const { date, time } = partsOf(instant);
  return `${date} ${time}`;
}

/** 2026-11-23, Shanghai time. */
export function day(instant: string | Date): string {
  return partsOf(instant).date;
}

/** The shortest that is still plain: 14:05 today, 11-23 14:05 this year, else the date. */
export function shortMoment(instant: string | Date, now: Date): string {
  const [then, today] = [partsOf(instant), partsOf(now)];
  if (then.date === today.date) return then.time;
  return then.date.slice(0, 4) === today.date.slice(0, 4) ? `${then.date.slice(5)} ${then.time}` : then.date;
}

/** For an input of date and time: 2026-11-23T14:05, Shanghai time. */
export function inputMoment(instant: string | null | undefined): string {
  if (!instant) return '';
  const { date, time } = partsOf(instant);
  return `${date}T${time}`;
}

/** What such an input holds, as an instant; China keeps one time without summer time. */
export function instantOf(input: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(input)) return null;
  const instant = new Date(`${input}:00+08:00`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}
