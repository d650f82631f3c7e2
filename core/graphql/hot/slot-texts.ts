interface SlotText {
  /** What the text was made from: another object in the slot makes another text. */
  readonly from: object;
  readonly text: string;
}

/** Texts of one group by slot. */
export type TextsBySlot = (SlotText | undefined)[];

const ENTRY_BYTES = 120;

/**
 * Encoded texts by group (e.g. clients whom pricing cannot tell apart) and slot. An array at a number is reached with
 * less memory touched than a map at an object, and that is what joining an answer costs. Past its bound everything is
 * forgotten and made again.
 */
export class SlotTexts {
  readonly #bytesMax: number;
  #groups = new Map<number, TextsBySlot>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  group(group: number): TextsBySlot {
    let texts = this.#groups.get(group);
    if (!texts) this.#groups.set(group, (texts = []));
    return texts;
  }

  /** Remembers a text; what is written to a group that was just forgotten is lost with it. */
  keep(texts: TextsBySlot, slot: number, from: object, text: string): string {
    this.#bytes += text.length + ENTRY_BYTES;
    if (this.#bytes > this.#bytesMax) {
      this.#groups = new Map();
      this.#bytes = 0;
    }
    texts[slot] = { from, text };
    return text;
  }
}
