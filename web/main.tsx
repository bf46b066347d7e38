import { render } from 'preact'
import './style/theme.css'
import './style/base.css'
import './style/part.css'
import './style/print.css'
import { App } from './app.tsx'
import { textsReady } from './i18n/text.ts'
import { keepOffline } from './state/offline.ts'

await textsReady()
render(<App />, document.querySelector('#app')!)
keepOffline()
