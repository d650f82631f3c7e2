/** Makes the text for one hole of a template. */
export type Hole<Scope> = (scope: Scope, slot: number) => string;

/** Text with holes, as it is written for each answer or each item of a list. */
export class Template<Scope> {
  readonly #literals: string[] = [''];
  readonly #holes: Hole<Scope>[] = [];

  text(literal: string): this {
    this.#literals[this.#literals.length - 1] += literal;
    return this;
  }

  hole(hole: Hole<Scope>): this {
    this.#holes.push(hole);
    this.#literals.push('');
    return this;
  }

  fill(scope: Scope, slot: number): string {
    let filled = this.#literals[0]!;
    for (let place = 0; place < this.#holes.length; place++)
      filled += this.#holes[place]!(scope, slot) + this.#literals[place + 1]!;
    return filled;
  }
}
