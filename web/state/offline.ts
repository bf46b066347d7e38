import { signal } from '@preact/signals'

/** Whether files of a newer build are ready, which the next load will show. */
export const newVersion = signal(false)

let waiting: ServiceWorker | null = null

/** Keeps the app for use without a network, once the page is loaded. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  addEventListener('load', () => void register())
  if (document.readyState === 'complete') void register()
}

let isRegistered = false

async function register(): Promise<void> {
  if (isRegistered) return
  isRegistered = true
  // The files of this page's build are gone once another tab has changed to the next.
  if (navigator.serviceWorker.controller !== null) {
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      newVersion.value = true
    })
  }
  try {
    const registration = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI))
    watch(registration, registration.waiting)
    // A build that the browser found before the page was loaded is on its way already.
    follow(registration)
    registration.addEventListener('updatefound', () => follow(registration))
  } catch {
    // Opened from a file, or storage is forbidden: the page works, only not without a network.
  }
}

function follow(registration: ServiceWorkerRegistration): void {
  const next = registration.installing
  next?.addEventListener('statechange', () => next.state === 'installed' && watch(registration, next))
}

// The first build that is installed replaces none.
function watch({ active }: ServiceWorkerRegistration, next: ServiceWorker | null): void {
  if (active === null || next === null) return
  waiting = next
  newVersion.value = true
}

export function reloadWithNewVersion(): void {
  // Another tab has made the change already.
  if (waiting?.state !== 'installed') return location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting.postMessage('take-over')
}
