/** Words of 32 bits per product: 256 bits take the bigrams of a name and summary at about a quarter full. */
const WORDS = 8;

/** A text as it is searched: one width, one case, spaces folded. */
export function searchable(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** The terms of a query, all of which must occur; Chinese needs no word breaking, since any substring counts. */
export function searchTerms(query: string): string[] {
  return searchable(query)
    .split(' ')
    .filter((term) => term !== '');
}

/**
 * Substring search over one text per slot. A signature of each text's bigrams dismisses most slots with a few integer
 * operations; what is left is compared. Immutable but for `set`, which only the maker of a copy calls.
 */
export class TextIndex {
  readonly #texts: string[];
  #signatures: Uint32Array;

  constructor(size: number, from?: TextIndex) {
    this.#texts = from ? from.#texts.slice() : [];
    this.#signatures = new Uint32Array(size * WORDS);
    if (from) this.#signatures.set(from.#signatures.subarray(0, size * WORDS));
  }

  set(slot: number, text: string): void {
    const words = this.#signatures.subarray(slot * WORDS, (slot + 1) * WORDS);
    words.fill(0);
    addBigrams(words, text);
    this.#texts[slot] = text;
  }

  /** A test of slots for the terms of one query. */
  matcher(terms: readonly string[]): (slot: number) => boolean {
    const wanted = new Uint32Array(WORDS);
    for (const term of terms) addBigrams(wanted, term);
    const signatures = this.#signatures;
    return (slot) => {
      for (let word = 0; word < WORDS; word++)
        if ((signatures[slot * WORDS + word]! & wanted[word]!) >>> 0 !== wanted[word]!) return false;
      const text = this.#texts[slot]!;
      return terms.every((term) => text.includes(term));
    };
  }
}

function addBigrams(words: Uint32Array, text: string): void {
  for (let place = 1; place < text.length; place++) {
    // Two code units folded into 8 bits; multiplied so that neighbours in the CJK block fall far apart.
    const bigram =
      Math.imul(text.charCodeAt(place - 1), 0x9e3779b1) ^ Math.imul(text.charCodeAt(place), 0x85ebca6b);
    const bit = (bigram ^ (bigram >>> 15)) & 0xff;
    words[bit >>> 5]! |= 1 << (bit & 31);
  }
}
