/** How a message is cut for the air interface (3GPP TS 23.038): what a gateway bills. */
export interface Segments {
  /** GSM-7 where every character is of its alphabet, else UCS-2. */
  readonly encoding: 'GSM_7' | 'UCS_2';
  /** Septets of GSM-7 (an extended character is two), 16-bit units of UCS-2 (a surrogate pair is two). */
  readonly units: number;
  /** The parts in order; an empty message is no part. */
  readonly parts: readonly string[];
}

const ALONE = { GSM_7: 160, UCS_2: 70 } as const;
/** Each part of a longer message gives six bytes to the header that joins them. */
const JOINED = { GSM_7: 153, UCS_2: 67 } as const;

const GSM_7 = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Reached by an escape, so each takes two septets. */
const GSM_7_EXTENDED = new Set('\f^{}\\[~]|€');

/** Counts and cuts a whole message, its signature 【…】 included. No character is ever split over two parts. */
export function segmentsOf(text: string): Segments {
  const characters = [...text];
  const encoding = characters.every((one) => GSM_7.has(one) || GSM_7_EXTENDED.has(one)) ? 'GSM_7' : 'UCS_2';
  const unitsOf = encoding === 'GSM_7' ? septets : units16;
  const units = characters.reduce((sum, one) => sum + unitsOf(one), 0);
  if (units <= ALONE[encoding]) return { encoding, units, parts: text === '' ? [] : [text] };
  return { encoding, units, parts: cut(characters, unitsOf, JOINED[encoding]) };
}

function septets(character: string): number {
  return GSM_7_EXTENDED.has(character) ? 2 : 1;
}

function units16(character: string): number {
  return character.length;
}

function cut(characters: readonly string[], unitsOf: (one: string) => number, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const one of characters) {
    if (used + unitsOf(one) > room) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += one;
    used += unitsOf(one);
  }
  parts.push(part);
  return parts;
}
