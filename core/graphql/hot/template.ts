/** Makes the text for one hole of a template. */
export type Hole<Scope> = (scope: Scope, slot: number) => string;

/**
 * Makes a hole that brings the literal text around it along: what is encoded beforehand is kept together with it, so
 * that an answer is joined from as few pieces as can be. Each piece costs memory that must be collected again.
 */
export type HoleMaker<Scope> = (before: string, after: string) => Hole<Scope>;

interface Place<Scope> {
  readonly make: HoleMaker<Scope>;
  before: string;
  after: string;
}

/** Text with holes, as it is written for each answer or each item of a list. */
export class Template<Scope> {
  readonly #places: Place<Scope>[] = [];
  #before: string;
  #holes: readonly Hole<Scope>[] | undefined;

  constructor(before = '') {
    this.#before = before;
  }

  text(literal: string): this {
    const last = this.#places[this.#places.length - 1];
    if (last) last.after += literal;
    else this.#before += literal;
    return this;
  }

  hole(make: HoleMaker<Scope>): this {
    this.#places.push({ make, before: '', after: '' });
    return this;
  }

  fill(scope: Scope, slot: number): string {
    const holes = (this.#holes ??= this.#made());
    let filled = '';
    for (let place = 0; place < holes.length; place++) filled += holes[place]!(scope, slot);
    return filled;
  }

  #made(): readonly Hole<Scope>[] {
    const [first] = this.#places;
    if (!first) {
      const text = this.#before;
      return [() => text];
    }
    first.before = this.#before;
    return this.#places.map(({ make, before, after }) => make(before, after));
  }
}

/** A hole whose text is made anew each time. */
export function made<Scope>(write: Hole<Scope>): HoleMaker<Scope> {
  return (before, after) => (scope, slot) => before + write(scope, slot) + after;
}
