import { PincerError, type Verdict, nearest, parseClaims, verdicts } from '../../src/index.ts'
import { readDocument } from '../file/document.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { verdictDetail, verdictList } from '../view/verdict.ts'
import type { ClaimsOptions } from './claims-definition.ts'
import { verdictExplanation } from './claims-explanation.ts'

/** `pincer claims`: every published claim held against today's predictions, or one of them in detail. */
export async function claimsAction(id: string | undefined, options: ClaimsOptions, io: Io): Promise<void> {
  const { file } = options
  const own = file === undefined ? undefined : parseClaims(readDocument(file, io.cwd), { areOwn: true })
  const all = verdicts(own === undefined ? {} : { claims: own })
  const chosen = id === undefined ? all : [find(all, id)]
  const explanations = options.explain === true ? chosen.map(verdictExplanation) : undefined
  if (options.json === true) {
    writeJson({ schema: 'pincer.claims.v1', verdicts: chosen, explanations }, io)
    return
  }
  const page = new Page(io)
  if (id === undefined) page.title('Claims against predictions').block(verdictList(chosen, io)).text(HINT)
  else for (const verdict of chosen) verdictDetail(verdict, page, io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

const HINT = '“pincer claims <id>” has the reasons and all that would have to be true.'

function find(all: readonly Verdict[], id: string): Verdict {
  const found = all.find(({ claim }) => claim.id === id)
  if (found !== undefined) return found
  const ids = all.map(({ claim }) => claim.id)
  const near = nearest(id, ids)
  throw new PincerError({
    code: 'invalid_value',
    path: ['id'],
    message: `unknown claim "${id.slice(0, 60)}"`,
    suggestion: near === undefined ? `claims: ${ids.join(', ')}` : `did you mean "${near}"?`,
  })
}
