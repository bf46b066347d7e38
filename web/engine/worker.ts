import { families } from './method/index.ts'
import type { Reply, Request } from './protocol.ts'
import { server } from './serve.ts'

const answer = server(families, (reply: Reply) => self.postMessage(reply))

self.addEventListener('message', ({ data }: MessageEvent<Request>) => void answer(data))
