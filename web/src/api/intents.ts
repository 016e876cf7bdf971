/** Intended acts. A double press, a reload or a lost answer must give the act again under the same key, with the
 * same bytes: then the server answers it once and repeats its answer. */

import { load, remove, save } from '@/drafts/store'

export interface Intent {
  readonly key: string
  /** The body exactly as it is sent: for a binding act with its statement and signature. */
  readonly body: string
}

interface Kept extends Intent {
  /** The author's fields: another content is another act. */
  readonly about: string
}

/** The intent under way for `name`, or a new one whose body `make` prepares (and signs). */
export async function intended(name: string, about: unknown, make: () => Promise<string>): Promise<Intent> {
  const wanted = JSON.stringify(about)
  const kept = await load<Kept>('intents', name).catch(() => undefined)
  if (kept?.about === wanted) return kept
  const made: Kept = { about: wanted, key: crypto.randomUUID(), body: await make() }
  await save('intents', name, made).catch(() => undefined) // without IndexedDB the key lasts as long as the page
  return made
}

/** The act is over: done, or refused for good. */
export async function settled(name: string): Promise<void> {
  await remove('intents', name).catch(() => undefined)
}
