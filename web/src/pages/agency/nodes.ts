/** Nodes of a lot's timeline, as the platform tells them, and what of them this office has to do. */

export interface Node {
  readonly step: string
  readonly kind: 'duty' | 'window' | 'right' | 'outside'
  readonly rule: string
  readonly article: string
  readonly who: readonly string[]
  readonly state: 'ahead' | 'open' | 'done' | 'late' | 'over'
  readonly light: 'green' | 'yellow' | 'red'
  readonly zh: string
  readonly en: string
  readonly opens: string | null
  readonly due: string | null
  readonly last_day: string | null
  readonly done_at: string | null
  readonly stands_still: boolean
  readonly about: string
}

export type Place = 'agency-lot' | 'agency-refile' | 'agency-rooms' | 'agency-notice' | 'agency-questions' | 'agency-opening' | 'agency-evaluation' | 'agency-award'

/** The page on which a step is done; what is in no list is told on the overview. */
const PLACES: Readonly<Record<string, Place>> = {
  correction: 'agency-refile',
  'opening-slot': 'agency-rooms',
  notice: 'agency-notice',
  'document-answer': 'agency-questions',
  clarification: 'agency-questions',
  roll: 'agency-opening',
  release: 'agency-opening',
  announcement: 'agency-opening',
  'opening-answer': 'agency-opening',
  reference: 'agency-opening',
  'opening-record': 'agency-opening',
  report: 'agency-evaluation',
  'publicity-start': 'agency-award',
  'result-answer': 'agency-award',
  'query-answer': 'agency-award',
  remedy: 'agency-award',
  determination: 'agency-award',
  'supervisor-report': 'agency-award',
  'award-notice': 'agency-award',
  'result-announcement': 'agency-award',
  contract: 'agency-award',
}

export function placeOf(step: string): Place {
  return PLACES[step] ?? 'agency-lot'
}

const URGENCY = { red: 0, yellow: 1, green: 2 } as const

/** What a party with these standings must do now, most urgent first. Rights and windows are no duties. */
export function mine(nodes: readonly Node[], standings: readonly string[]): Node[] {
  return nodes
    .filter((node) => node.kind === 'duty' && (node.state === 'open' || node.state === 'late') && node.done_at === null)
    .filter((node) => node.who.some((who) => standings.includes(who)))
    .sort((a, b) => URGENCY[a.light] - URGENCY[b.light] || (a.due ?? '9999').localeCompare(b.due ?? '9999'))
}

interface Line {
  readonly nodes: readonly Node[]
  readonly standings: readonly string[]
  readonly phase: string
}

/** Lots that need this office, most urgent first; then the ones that run; then the ones that are over. */
export function sorted<T extends Line>(lots: readonly T[]): { needs: T[]; runs: T[]; over: T[] } {
  const duties = new Map(lots.map((lot) => [lot, mine(lot.nodes, lot.standings)]))
  const over = (lot: T): boolean => ['contracted', 'failed', 'terminated'].includes(lot.phase)
  const needs = lots.filter((lot) => duties.get(lot)?.length)
  const first = (lot: T): Node | undefined => duties.get(lot)?.[0]
  needs.sort((a, b) => {
    const [x, y] = [first(a), first(b)]
    if (!x || !y) return 0
    return URGENCY[x.light] - URGENCY[y.light] || (x.due ?? '9999').localeCompare(y.due ?? '9999')
  })
  return {
    needs,
    runs: lots.filter((lot) => !duties.get(lot)?.length && !over(lot)),
    over: lots.filter((lot) => !duties.get(lot)?.length && over(lot)),
  }
}
