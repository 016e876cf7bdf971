/** Languages: Chinese first, English complete. Each page brings its own words, checked for equal keys by the types. */

import { computed } from 'vue'
import { createI18n } from 'vue-i18n'

import { kept, keep } from '@/app/preferences'

export type Language = 'zh-CN' | 'en'
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'zh-CN', name: '中文' },
  { code: 'en', name: 'English' },
]

export interface Words {
  readonly [key: string]: string | Words
}

/** The same keys, other texts. */
export type Alike<T extends Words> = { readonly [K in keyof T]: T[K] extends Words ? Alike<T[K]> : string }

export type Leaf<T extends Words> = {
  [K in keyof T & string]: T[K] extends Words ? `${K}.${Leaf<T[K]>}` : K
}[keyof T & string]

export type Translate<T extends Words> = (key: Leaf<T>, values?: Record<string, unknown> | number) => string

export const i18n = createI18n({
  legacy: false,
  locale: first(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': {}, en: {} } as Record<Language, Record<string, never>>,
})

/** vue-i18n's own types follow every key of every message, which the compiler gives up on. */
const composer = i18n.global as unknown as {
  rt(text: string, values: Record<string, unknown> | number): string
}
/** Its signs. A text without any says itself: most do, and a slow phone is spared its interpreter. */
const SIGNS = /[{}@$|]/

export const language = computed<Language>({
  get: () => i18n.global.locale.value,
  set: (chosen) => {
    i18n.global.locale.value = chosen
    keep('language', chosen)
    applied()
  },
})

/** Both languages of a part of the client under its name. `t` follows the language; use it in templates and computed.
 *
 * vue-i18n's signs in texts: `{name}` a value, `a | b` singular and plural, `@` a reference: write `{'@'}` for the sign.
 */
export function words<const T extends Words>(part: string, said: { zh: T; en: Alike<NoInfer<T>> }): Translate<T> {
  return (key, values = {}) => {
    const text = found(language.value === 'en' ? said.en : said.zh, key) ?? `${part}.${key}`
    return SIGNS.test(text) ? composer.rt(text, values) : text
  }
}

function found(said: Words, key: string): string | undefined {
  let at: string | Words | undefined = said
  for (const step of key.split('.')) at = typeof at === 'object' ? at[step] : undefined
  return typeof at === 'string' ? at : undefined
}

/** Of two texts that the server keeps side by side, the reader's. */
export function spoken(zh: string, en: string): string {
  return language.value === 'en' ? en || zh : zh || en
}

/** As the first word of a line or heading. */
export function headed(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Several of a kind in one line. */
export function listed(items: readonly string[]): string {
  return items.join(language.value === 'en' ? ', ' : '、')
}

/** A name, and what is said of it. */
export function told(name: string, said: string): string {
  return language.value === 'en' ? `${name}: ${said}` : `${name}：${said}`
}

export function applied(): void {
  document.documentElement.lang = language.value
}

function first(): Language {
  const chosen = kept('language')
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  const asked = navigator.languages.find((one) => /^(?:zh|en)\b/i.test(one)) ?? 'zh'
  return /^en/i.test(asked) ? 'en' : 'zh-CN'
}
