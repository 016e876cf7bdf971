// The other side of test_browser_interop.py: the browser's own code. One JSON request on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { runInThisContext } from 'node:vm'

const [, , bundle] = process.argv
runInThisContext(readFileSync(bundle, 'utf8'))
const { function: name, asked } = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(await globalThis.interop[name](asked)))
