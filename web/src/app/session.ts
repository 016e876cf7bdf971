/** Who is logged in, and the dialog that asks for it without leaving the page. */

import { reactive, readonly, shallowRef } from 'vue'

import { onSessionEnded, send } from '@/api/http'
import { Problem } from '@/api/problem'

import { keep } from './preferences'

export type Role = 'tenderer' | 'agency' | 'bidder' | 'expert' | 'supervisor' | 'operator' | 'notary'

export interface Who {
  readonly party: string
  readonly name: string
  readonly verified: boolean
  readonly roles: readonly Role[]
  /** Hex SHA-256 of the device's signing key. */
  readonly credential: string
  readonly expiresAt: string
}

const state = reactive({ asked: false, who: null as Who | null, changed: 0 })

/**
 * `who` null: nobody, a spectator. `asked`: whether the server has been asked yet. `changed`: how often somebody became
 * somebody else, of whom what stands on a page is not.
 */
export const session = readonly(state)

interface Current {
  readonly party: { readonly party: string; readonly name: string; readonly verified: boolean; readonly roles: readonly Role[] }
  readonly credential: string
  readonly expires_at: string
}

/** Ask the server who this is. A browser without a session is a spectator, which is no problem. */
export async function refreshSession(): Promise<Who | null> {
  try {
    const response = await send({ method: 'GET', path: '/sessions/current', quiet: true })
    if (response.status === 204) return nobody()
    const { party, credential, expires_at: expiresAt } = (await response.json()) as Current
    became({ party: party.party, name: party.name, verified: party.verified, roles: party.roles, credential, expiresAt })
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
    if (thrown.status === 401) return nobody()
  }
  state.asked = true
  return state.who as Who | null
}

function nobody(): null {
  became(null)
  state.asked = true
  return null
}

/** Tabs share one session: each hears when another tab's user became somebody else. */
function became(who: Who | null): void {
  const another = who?.party !== state.who?.party
  if (state.who !== null && who !== null && another) state.changed += 1
  state.who = who
  if (another) keep('session', who?.party ?? '')
}

export function hearOtherTabs(): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === 'bidding.session' && state.asked && newValue !== (state.who?.party ?? '')) void refreshSession()
  })
}

export async function logOut(): Promise<void> {
  await send({ method: 'DELETE', path: '/sessions/current', quiet: true })
  became(null)
}

/** The question that the login dialog is open with; null while it is closed. */
export const loginQuestion = shallowRef<{ answer(loggedIn: boolean): void } | null>(null)

let asking: Promise<boolean> | undefined

/** Opens the login dialog over the page; false if the user closed it. Asked twice at once, it opens once. */
export function askLogin(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    loginQuestion.value = { answer: resolve }
  })
    .then(async (yes) => yes && (await refreshSession()) !== null)
    .finally(() => {
      loginQuestion.value = null
      asking = undefined
    })
  return asking
}

onSessionEnded(askLogin)
