import { useSignal } from '@preact/signals'
import { useEffect, useErrorBoundary } from 'preact/hooks'
import { LANGUAGES, language, setLanguage, textsReady } from './i18n/text.ts'
import { text } from './i18n/index.ts'
import { Alert } from './part/alert.tsx'
import { EvidenceDialog } from './part/evidence.tsx'
import { LinkAlert } from './part/link-alert.tsx'
import { VIEWS, type View } from './route.ts'
import { newVersion, reloadWithNewVersion } from './state/offline.ts'
import { HOME, place } from './state/location.ts'
import { THEMES, type Theme, setTheme, theme } from './state/theme.ts'

/** The frame around the view that the address names. */
export function App() {
  const t = text.value
  const name = place.value.view
  const isKnown = VIEWS.has(name)
  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        {t.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        {newVersion.value && (
          <Alert title={t.newVersion}>
            <button type="button" onClick={reloadWithNewVersion}>
              {t.reload}
            </button>
          </Alert>
        )}
        {!isKnown && <LinkAlert faults={[{ kind: 'view', text: name.slice(0, 60) }]} names={{}} />}
        <CurrentView name={isKnown ? name : HOME} />
      </main>
      <footer>
        <p>{t.footer}</p>
      </footer>
      <EvidenceDialog />
    </>
  )
}

// The hash names views, so the link must not change it.
function skipToContent(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#content')?.focus()
}

function Header() {
  const t = text.value
  return (
    <header class="page">
      <a class="mark" href="#/">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <path class="arm-sparse" d="M28 9.5A13 13 0 0 0 4 16" />
          <path class="arm-sram" d="M4 16A13 13 0 0 0 28 22.5" />
          <circle cx="22.5" cy="16" r="4" />
        </svg>
        Pincer
      </a>
      <Navigation />
      <div class="settings">
        <select
          aria-label={t.language}
          value={language.value}
          onChange={({ currentTarget }) => void setLanguage(currentTarget.value === 'zh' ? 'zh' : 'en')}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} selected={each === language.value} lang={each}>
              {each === 'zh' ? '中文' : 'English'}
            </option>
          ))}
        </select>
        <select
          aria-label={t.theme.label}
          value={theme.value}
          onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}
        >
          {THEMES.map((each) => (
            <option key={each} value={each} selected={each === theme.value}>
              {t.theme[each]}
            </option>
          ))}
        </select>
      </div>
    </header>
  )
}

/** Links to all views; one view needs none. */
function Navigation() {
  const names = [...VIEWS.keys()]
  if (names.length < 2) return null
  return (
    <nav aria-label={text.value.views}>
      {names.map((name) => (
        <a key={name} href={`#/${name}`} aria-current={name === place.value.view ? 'page' : undefined}>
          {text.value.view[name]}
        </a>
      ))}
    </nav>
  )
}

function CurrentView({ name }: { name: string }) {
  const view = useSignal<{ name: string; Component?: View } | undefined>(undefined)
  const t = text.value
  useEffect(() => {
    let isLeft = false
    const load = async (): Promise<View | undefined> => {
      try {
        const loaded = await VIEWS.get(name)!()
        await textsReady()
        return loaded.default
      } catch {
        return undefined
      }
    }
    // Of views that are asked for in a row, only the last is shown.
    void load().then((Component) => {
      if (!isLeft) view.value = { name, ...(Component === undefined ? {} : { Component }) }
    })
    return () => {
      isLeft = true
    }
  }, [name])
  useEffect(() => {
    document.title = name === HOME ? 'Pincer' : `${t.view[name] ?? name} · Pincer`
  }, [name, t])
  const current = view.value
  if (current?.name !== name) return <p class="loading">{t.loading}</p>
  return current.Component === undefined ? (
    <Alert title={t.notLoaded}>
      <Reload />
    </Alert>
  ) : (
    <Guarded key={name} Component={current.Component} />
  )
}

/** A view; where it fails as it is drawn, the page says so and lives on. */
function Guarded({ Component }: { Component: View }) {
  const [fault] = useErrorBoundary()
  if (fault === undefined) return <Component />
  return (
    <Alert title={`${text.value.broken} ${String(fault)}`}>
      <Reload />
    </Alert>
  )
}

function Reload() {
  return (
    <button type="button" onClick={() => location.reload()}>
      {text.value.reload}
    </button>
  )
}
