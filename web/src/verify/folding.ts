/** Folds events into a state, each by the shape of what it says. */

import * as v from 'valibot'

import type { Event } from './events'

export type Fold<S> = (known: S, said: Event['state']) => S
/** Topic → its fold. What is not here leaves the state as it is. */
export type Folds<S> = Readonly<Record<string, Fold<S>>>

/** `by(shape, fold)`: an event's fields, and what they change of the state. ValiError for fields of another shape. */
export function folding<S extends object>() {
  return <T extends v.GenericSchema>(shape: T, fold: (said: v.InferOutput<T>, known: S) => Partial<S>): Fold<S> =>
    (known, said) => ({ ...known, ...fold(v.parse(shape, said), known) })
}

/** Each event as it comes: what its reader may not see is lacking. */
export function folded<S>(folds: Folds<S>, start: S, events: readonly Event[]): S {
  return events.reduce((known, one) => folds[one.topic]?.(known, one.state) ?? known, start)
}
