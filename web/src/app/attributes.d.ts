/** What Vue's strict template types do not know: `data-…` on elements, and inputs that take a whole folder. */

import 'vue'

declare module 'vue' {
  // eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- an interface of Vue's is added to
  interface HTMLAttributes {
    [data: `data-${string}`]: string | undefined
  }

  interface InputHTMLAttributes {
    webkitdirectory?: boolean | ''
  }
}
