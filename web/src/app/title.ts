/** The page's title: in the browser's tab, and told to screen readers when the page changes. */

import { computed, onScopeDispose, shallowRef, watchEffect } from 'vue'
import { useRoute } from 'vue-router'

import { words } from '@/i18n'

const t = words('title', { zh: { service: '100服务' }, en: { service: '100 Service' } })

const better = shallowRef<(() => string) | null>(null)

/** For pages that know more than their route: `useTitle(() => lot.value?.title ?? '')`. */
export function useTitle(say: () => string): void {
  better.value = say
  onScopeDispose(() => {
    if (better.value === say) better.value = null
  })
}

/** Used once, by the shell. */
export function useDocumentTitle() {
  const route = useRoute()
  const title = computed(() => better.value?.() || route.meta.title?.() || '')
  watchEffect(() => {
    document.title = title.value ? `${title.value} · ${t('service')}` : t('service')
  })
  return title
}
