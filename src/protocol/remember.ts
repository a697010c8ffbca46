import type { Id } from './message.js';

/** Keeps an id in mind, and forgets the oldest beyond so many. */
export function remember(ids: Set<Id>, id: Id, max: number): void {
  ids.add(id);
  if (ids.size <= max) return;
  for (const oldest of ids) {
    ids.delete(oldest);
    return;
  }
}
