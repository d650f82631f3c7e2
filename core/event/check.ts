import type { EventDeclaration } from '../plugin/contract.ts';
import type { NewEvent } from './outbox.ts';

/**
 * Holds what is published against what was declared. A wrong payload is a fault of the publishing code: it is thrown,
 * and nothing of its transaction stays.
 */
export function eventCheck(declared: readonly EventDeclaration[]): (event: NewEvent) => void {
  const shapes = new Map(declared.map(({ name, shape }) => [name, shape]));
  return ({ name, payload }) => {
    const shape = shapes.get(name);
    if (!shape) throw new Error(`Nobody declares the event "${name}", so it cannot be published.`);
    const { success, error } = shape.safeParse(payload);
    if (success) return;
    const places = error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`);
    throw new Error(`The event "${name}" is not what it was declared to be: ${places.join('; ')}.`);
  };
}
