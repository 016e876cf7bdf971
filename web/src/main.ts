import '@/styles/tokens.css'
import '@/styles/base.css'

import { createApp } from 'vue'

import { config } from '@/app/config'
import { rememberSenior } from '@/app/preferences'
import { router } from '@/app/router'
import { hearOtherTabs, refreshSession } from '@/app/session'
import { applied, i18n } from '@/i18n'
import { sync } from '@/time/sync'

import App from './App.vue'

applied()
rememberSenior()
hearOtherTabs()
createApp(App).use(i18n).use(router).mount('#app')

void config().catch(() => undefined) // asked early, so that a hall need not wait for it; whoever needs it asks again
void refreshSession().catch(() => undefined) // the page works without; the next request says what is wrong

const resync = (): void => void sync().catch(() => undefined)
resync()
// A timer may stand still while the device sleeps.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') resync()
})
