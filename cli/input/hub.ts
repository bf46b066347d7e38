import { PincerError } from '../../src/index.ts'
import { MOST_BYTES } from '../file/read.ts'

const REPOSITORY = /^[\w][\w.-]{0,95}\/[\w][\w.-]{0,95}$/
export const HUB_TIMEOUT_MS = 10_000

/**
 * The text of config.json in a Hugging Face repository, `org/name`. HF_TOKEN opens gated ones; HF_ENDPOINT names a mirror.
 * @throws PincerError `invalid_value` for a name that is none, `offline` when the hub does not answer,
 * `unknown_model` when it has no such file, `unreadable` when it refuses
 */
export async function hubConfig(name: string, timeoutMs: number = HUB_TIMEOUT_MS): Promise<string> {
  if (!REPOSITORY.test(name)) {
    const message = `"${name.slice(0, 80)}" is not a repository name`
    throw new PincerError({ code: 'invalid_value', path: ['model'], message, suggestion: 'write hf:org/name' })
  }
  const blob = await download(name, timeoutMs)
  if (blob === null) {
    throw new PincerError({
      code: 'unknown_model',
      path: ['model'],
      message: `${name} has no config.json on the Hugging Face hub`,
    })
  }
  if (blob.size > MOST_BYTES) {
    throw new PincerError({
      code: 'too_large',
      path: ['model'],
      message: `config.json of ${name} has ${blob.size} bytes`,
    })
  }
  return blob.text()
}

async function download(name: string, timeoutMs: number): Promise<Blob | null> {
  const { downloadFile } = await import('@huggingface/hub')
  const signal = AbortSignal.timeout(timeoutMs)
  const timedFetch: typeof fetch = (input, init) => fetch(input, { ...init, signal })
  const token = accessToken()
  const hubUrl = process.env['HF_ENDPOINT']
  try {
    const blob = await downloadFile({
      repo: name,
      path: 'config.json',
      fetch: timedFetch,
      xet: false,
      ...(token === undefined ? {} : { accessToken: token }),
      ...(hubUrl === undefined ? {} : { hubUrl }),
    })
    // The hub hands out a lazy blob: its bytes are fetched here, inside the time limit.
    return blob === null ? null : new Blob([await blob.arrayBuffer()])
  } catch (fault) {
    throw new PincerError(hubIssue(name, fault))
  }
}

type HubIssue = ConstructorParameters<typeof PincerError>[0]

function hubIssue(name: string, fault: unknown): HubIssue {
  const { statusCode } = fault as { statusCode?: number }
  if (statusCode === 404)
    return { code: 'unknown_model', path: ['model'], message: `${name} is not on the Hugging Face hub` }
  if (statusCode !== undefined) {
    const suggestion = 'check the name; a gated model needs its licence accepted and HF_TOKEN set'
    const message = `the Hugging Face hub refuses ${name} (HTTP ${statusCode})`
    return { code: 'unreadable', path: ['model'], message, suggestion }
  }
  if (!isUnanswered(fault)) {
    return {
      code: 'unreadable',
      path: ['model'],
      message: `the answer of the Hugging Face hub for ${name} makes no sense`,
    }
  }
  const suggestion = 'save its config.json and give the path: --model ./config.json'
  return { code: 'offline', path: ['model'], message: `the Hugging Face hub cannot be reached for ${name}`, suggestion }
}

// fetch fails with a TypeError when nobody answers, and with a DOMException when the time is up.
function isUnanswered(fault: unknown): boolean {
  return fault instanceof TypeError || fault instanceof DOMException
}

/** HF_TOKEN, which must look like one. */
function accessToken(): string | undefined {
  const token = process.env['HF_TOKEN']
  if (token === undefined || token === '') return undefined
  if (token.startsWith('hf_')) return token
  throw new PincerError({
    code: 'invalid_value',
    path: ['HF_TOKEN'],
    message: 'a token of the Hugging Face hub starts with hf_',
  })
}
