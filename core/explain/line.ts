export type Language = 'zh' | 'en';

/** One line of an explanation: a key into a message table, and what fills its `{places}`. */
export interface ExplainLine {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export type Messages = Readonly<Record<string, string>>;

/**
 * The words of a line. A missing text or a missing value is a fault of the program, so it is thrown: a half-filled
 * sentence about money or suitability must not reach a client.
 */
export function sayLine(line: ExplainLine, messages: Messages): string {
  const text = messages[line.key];
  if (text === undefined)
    throw new Error(`No text for message ${line.key}: add it to the messages of its language`);
  return text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = line.params[name];
    if (value === undefined) throw new Error(`Message ${line.key} needs a value for {${name}}`);
    return String(value);
  });
}

/** Minor units as a decimal with two places, without going through a float: 3800 is "38.00". */
export function decimalOfMinor(amountMinor: number): string {
  const whole = Math.trunc(amountMinor / 100);
  return `${whole}.${String(amountMinor % 100).padStart(2, '0')}`;
}
