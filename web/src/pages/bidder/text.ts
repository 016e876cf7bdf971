/** Sizes as people read them, and files handed to them. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** 1.2 GB; decimal units, as disks and networks are sold. */
export function size(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit] ?? 'B'}`
}

/** Let the browser save `content` under this name. */
export function save(name: string, content: Blob | string, type = 'application/json'): void {
  const link = document.createElement('a')
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }))
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 60_000)
}
