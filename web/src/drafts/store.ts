/** One IndexedDB database for what must outlive a reload: form drafts and the keys of acts under way. */

const NAME = 'bidding-client'
const STORES = ['drafts', 'intents'] as const
type Store = (typeof STORES)[number]

let opened: Promise<IDBDatabase> | undefined
/** The same once it is there: a page that is being left has no moment more in which to wait for a promise. */
let connected: IDBDatabase | undefined

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      for (const store of STORES) asked.result.createObjectStore(store)
    }
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close() // a newer client in another tab wants to change it
        opened = undefined
        connected = undefined
      }
      connected = asked.result
      resolve(asked.result)
    }
    asked.onerror = () => {
      opened = undefined
      reject(asked.error ?? new Error('IndexedDB'))
    }
  })
  return opened
}

async function run<T>(store: Store, mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (connected ?? (await database())).transaction(store, mode)
  const request = act(transaction.objectStore(store))
  transaction.commit()
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve(request.result)
    }
    transaction.onabort = transaction.onerror = () => {
      reject(transaction.error ?? new Error('IndexedDB'))
    }
  })
}

export async function load<T>(store: Store, key: string): Promise<T | undefined> {
  return (await run(store, 'readonly', (s) => s.get(key) as IDBRequest<T | undefined>)) ?? undefined
}

export async function save(store: Store, key: string, value: unknown): Promise<void> {
  await run(store, 'readwrite', (s) => s.put(value, key))
}

export async function remove(store: Store, key: string): Promise<void> {
  await run(store, 'readwrite', (s) => s.delete(key))
}
