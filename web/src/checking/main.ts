/** The offline verifying page, built by itself into one HTML file. */

import { createApp } from 'vue'

import { rememberSenior } from '@/app/preferences'
import { applied } from '@/i18n'
import '@/styles/tokens.css'
import '@/styles/base.css'

import CheckingPage from './CheckingPage.vue'

applied()
rememberSenior()
createApp(CheckingPage).mount('#app')
