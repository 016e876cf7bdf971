import { words } from '@/i18n'

export const t = words('device', {
  zh: {
    missing: {
      title: '本浏览器里没有这台设备的密钥',
      detail: '密钥只保存在当初登记的浏览器里，可能已被浏览器清除，或者您换了浏览器。',
      next: '用当初的设备办理；或在“账户”页把本浏览器登记为新设备。开标解密可用打印的恢复码。',
    },
    login: {
      as: '以哪个主体登录？',
      enter: '登录 {name}',
      device: '设备 {label}',
      busy: '正在登录…',
      none: '这个浏览器还没有登记为设备。',
      enrol: '注册主体或登记设备',
      scan: '用手机扫码登录',
      scanHow: '密钥在手机上：用手机相机扫描二维码，在手机上确认。密钥不离开手机。',
    },
  },
  en: {
    missing: {
      title: 'This browser does not hold that device’s keys',
      detail: 'Keys stay in the browser they were made in. It may have cleared them, or this is another browser.',
      next: 'Use the device you enrolled, or enrol this browser as a new device on the account page. At an opening the printed recovery code works too.',
    },
    login: {
      as: 'Log in as whom?',
      enter: 'Log in {name}',
      device: 'device {label}',
      busy: 'Logging in…',
      none: 'This browser is not enrolled as a device yet.',
      enrol: 'Register, or enrol this device',
      scan: 'Log in with a phone’s key',
      scanHow: 'The key is on the phone: scan the code with its camera and confirm there. The key stays on the phone.',
    },
  },
})
