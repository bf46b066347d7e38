import { mooncakePerSecond } from './mooncake.ts'
import { simulatedPerSecond } from './serving.ts'

// Of the DOM, whose types the project does not load outside its web app.
declare const document: { title: string }

document.title = JSON.stringify([simulatedPerSecond(), ...mooncakePerSecond()])
