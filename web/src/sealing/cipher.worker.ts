/** A worker that enciphers and deciphers, or keeps, for the sealer, which speaks to it over a port of its own. */

import { serve } from './call'
import { cipherAnswers } from './cipher'
import { keeperAnswers } from './keeper'

self.addEventListener('message', (event: MessageEvent<{ port: MessagePort }>) => {
  const { port } = event.data
  serve(port, { ...cipherAnswers(), ...keeperAnswers() })
  port.start()
})
