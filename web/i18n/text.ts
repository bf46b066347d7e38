import { type ReadonlySignal, computed, signal } from '@preact/signals'
import { store, stored } from '../state/storage.ts'

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

const current = signal<Language>(initial())
/** The language of the page. */
export const language: ReadonlySignal<Language> = current

const tables: (() => Promise<void>)[] = []

function initial(): Language {
  const known = stored('language') ?? navigator.language
  return known.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/**
 * A table of strings in the language of the page. English comes with the code; Chinese is loaded when it is wanted. The type of the
 * English table is that of every other.
 */
export function texts<T>(en: T, loadZh: () => Promise<T>): ReadonlySignal<T> {
  const zh = signal<T | undefined>(undefined)
  tables.push(async () => {
    try {
      zh.value ??= await loadZh()
    } catch {
      // Without a network and without these files, English is better than nothing.
    }
  })
  return computed(() => (current.value === 'zh' ? (zh.value ?? en) : en))
}

/** Resolves when all tables known so far are there in the language of the page. */
export async function textsReady(): Promise<void> {
  document.documentElement.lang = current.value === 'zh' ? 'zh-Hans' : 'en'
  if (current.value === 'zh') await Promise.all(tables.map((load) => load()))
}

export async function setLanguage(next: Language): Promise<void> {
  if (next === 'zh') await Promise.all(tables.map((load) => load()))
  current.value = next
  store('language', next)
  await textsReady()
}
