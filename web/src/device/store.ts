/** What this device keeps for good: its keys, which cannot be read out, and its sealed bids. One database, three shelves. */

const NAME = 'bidding-device'
const SHELVES = ['devices', 'bids', 'offices'] as const
export type Shelf = (typeof SHELVES)[number]

let opened: Promise<IDBDatabase> | undefined

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      for (const shelf of SHELVES) asked.result.createObjectStore(shelf)
    }
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close()
        opened = undefined
      }
      resolve(asked.result)
    }
    asked.onerror = () => {
      opened = undefined
      reject(asked.error ?? new Error('IndexedDB'))
    }
  })
  return opened
}

async function run<T>(shelf: Shelf, mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  // What is kept here cannot be made again: it counts as kept when it is on the disk.
  const transaction = (await database()).transaction(shelf, mode, { durability: 'strict' })
  const request = act(transaction.objectStore(shelf))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve(request.result)
    }
    transaction.onabort = transaction.onerror = () => {
      reject(transaction.error ?? new Error('IndexedDB'))
    }
  })
}

export async function take<T>(shelf: Shelf, key: string): Promise<T | undefined> {
  return (await run(shelf, 'readonly', (s) => s.get(key) as IDBRequest<T | undefined>)) ?? undefined
}

export function all<T>(shelf: Shelf): Promise<T[]> {
  return run(shelf, 'readonly', (s) => s.getAll() as IDBRequest<T[]>)
}

export async function keep(shelf: Shelf, key: string, value: unknown): Promise<void> {
  await run(shelf, 'readwrite', (s) => s.put(value, key))
}

export async function drop(shelf: Shelf, key: string): Promise<void> {
  await run(shelf, 'readwrite', (s) => s.delete(key))
}
