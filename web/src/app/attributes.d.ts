/** `data-…` on elements, which Vue's strict template types do not know. */

import 'vue'

declare module 'vue' {
  // eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- an interface of Vue's is added to
  interface HTMLAttributes {
    [data: `data-${string}`]: string | undefined
  }
}
