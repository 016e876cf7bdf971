/** The offline sealing page, built by itself into one HTML file. */

import { createApp } from 'vue'

import { applied } from '@/i18n'
import '@/styles/tokens.css'
import '@/styles/base.css'

import OfflinePage from './OfflinePage.vue'

applied()
createApp(OfflinePage).mount('#app')
