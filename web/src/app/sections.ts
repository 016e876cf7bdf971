/** What every folder under `pages/` brings: its routes, and what of them is in the menu. */

import type { RouteRecordRaw } from 'vue-router'

import type { Role } from './session'

export interface MenuEntry {
  /** Name of the route. */
  readonly to: string
  readonly label: () => string
}

/** How the first page offers the section to whoever is new. */
export interface Card {
  /** Name of the route. */
  readonly to: string
  readonly icon: 'eye' | 'bidder' | 'office' | 'expert' | 'supervisor' | 'chart'
  readonly title: () => string
  readonly text: () => string
}

export interface Section {
  /** Place in the menu. */
  readonly order: number
  /** Who is shown it: everybody, or who has one of the roles. Links are no permission: the server refuses. */
  readonly roles: 'everyone' | readonly Role[]
  readonly label: () => string
  readonly card?: Card
  readonly menu: readonly MenuEntry[]
  readonly routes: readonly RouteRecordRaw[]
}

declare module 'vue-router' {
  interface RouteMeta {
    /** For the browser's title and the announcement to screen readers; pages may set a better one by `useTitle`. */
    title: () => string
    /** A login is asked for before the page is shown. */
    login?: boolean
    /** The page makes or uses keys: it is shown only where the browser can. */
    keys?: boolean
  }
}

const found = import.meta.glob<Section>('../pages/*/section.ts', { eager: true, import: 'default' })

export const sections: readonly Section[] = Object.values(found).sort((a, b) => a.order - b.order)
