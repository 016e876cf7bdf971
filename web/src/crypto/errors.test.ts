import { expect, test } from 'vitest'

import * as errors from './errors'

test.each(Object.entries(errors))('%s keeps its name where classes are renamed, as in the built client', (name, Original) => {
  const Renamed = class extends (Original as new (...said: string[]) => Error) {}
  expect(new Renamed('one', 'other').name).toBe(name)
})
