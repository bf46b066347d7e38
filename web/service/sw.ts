/**
 * Keeps the app usable without a network: all files of one build, taken whole. Files are answered from that build until the page
 * says that it may change to the next.
 */
declare const self: ServiceWorkerGlobalScope
// Put in when the app is built.
declare const PRECACHE_VERSION: string
declare const PRECACHE_FILES: readonly string[]

const PREFIX = 'pincer-'
const NAME = PREFIX + PRECACHE_VERSION

self.addEventListener('install', (event) => {
  event.waitUntil(precache())
})

async function precache(): Promise<void> {
  const cache = await caches.open(NAME)
  // Hashed names never change what they hold; the others must not come from the HTTP cache.
  await cache.addAll(PRECACHE_FILES.map((file) => new Request(file, { cache: isHashed(file) ? 'default' : 'reload' })))
}

function isHashed(path: string): boolean {
  return path.includes('/assets/')
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

async function takeOver(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)))
  await self.clients.claim()
}

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return
  event.respondWith(answer(request))
})

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME)
  return (await cache.match(isPage(request.url) ? './' : request, { ignoreSearch: true })) ?? fetch(request)
}

// There is one page; what its hash says never reaches a server, and other paths are none of it.
function isPage(url: string): boolean {
  const { origin, pathname } = new URL(url)
  return [origin + pathname, (origin + pathname).replace(/index\.html$/, '')].includes(self.registration.scope)
}
