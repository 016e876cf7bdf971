/** Names of the timeline's nodes, as the rulebook says them. */

import { shallowRef, watch } from 'vue'

import { read } from '@/api/read'
import { spoken } from '@/i18n'

export function useStepNames(lot: string, version: () => number): (step: string) => string {
  const known = shallowRef<ReadonlyMap<string, { zh: string; en: string }>>(new Map())
  watch(
    version,
    () => {
      read('/lots/{lot_id}/timeline', { path: { lot_id: lot } })
        .then((told) => {
          known.value = new Map(told.nodes.map((node) => [node.step, node]))
        })
        .catch(() => undefined) // the code of the node stands in for its name
    },
    { immediate: true },
  )
  return (step) => {
    const named = known.value.get(step)
    return named ? spoken(named.zh, named.en) : step
  }
}
