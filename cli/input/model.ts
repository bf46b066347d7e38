import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { PincerError } from '../../src/index.ts'
import { parseConfigJson } from '../file/json.ts'
import { faultText, readTextFile, unreadable } from '../file/read.ts'
import { hubConfig } from './hub.ts'

/** A model as a scenario names it: a catalog id, a config under an id, or the two counts of a model nobody described. */
export type ModelInput = string | ConfigInput | DeclaredInput

export interface ConfigInput {
  readonly id: string
  readonly config: unknown
}

export interface DeclaredInput {
  readonly id: string
  readonly totalParams: number
  readonly activeParams?: number
}

/**
 * What `--model` means: `hf:org/name`, the path of a config.json or of a folder that holds one, or a catalog id.
 * A path starts with a dot or slash, ends in `.json`, or is a folder with a config.json.
 * @throws PincerError from the file or the hub; ids are checked by the engine
 */
export async function modelInput(spec: string, cwd: string): Promise<ModelInput> {
  if (spec.startsWith('hf:')) {
    const id = spec.slice(3)
    return { id, config: parseConfigJson(await hubConfig(id), `${id}/config.json`) }
  }
  const file = configFile(spec, cwd)
  return file === undefined ? spec : fileInput(file, configId(file, cwd), cwd)
}

// A file with `totalParams` declares a model by its counts; any other is a config.json.
function fileInput(file: string, id: string, cwd: string): ModelInput {
  const value = parseConfigJson(readTextFile(file, cwd), file)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'totalParams')) return { id, config: value }
  return { id, ...declaredCounts(value) }
}

function declaredCounts(value: object): Omit<DeclaredInput, 'id'> {
  const counts = Object.entries(value).filter(([name]) => name === 'totalParams' || name === 'activeParams')
  for (const [name, count] of counts) {
    if (typeof count !== 'number')
      throw new PincerError({ code: 'invalid_value', path: [name], message: 'must be a number' })
  }
  return Object.fromEntries(counts) as unknown as Omit<DeclaredInput, 'id'>
}

function configFile(spec: string, cwd: string): string | undefined {
  const isFolder = isDirectory(resolve(cwd, spec))
  const inFolder = join(spec, 'config.json')
  if (isFolder && (isPath(spec) || existsSync(resolve(cwd, inFolder)))) return inFolder
  return isPath(spec) ? spec : undefined
}

// A name that no file system takes (too long, a NUL byte, a file used as a folder) is no folder.
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Whether a spec can only be a path: ids neither start with a dot or slash nor end in .json. */
export function isPath(spec: string): boolean {
  return /^[./\\~]/.test(spec) || spec.endsWith('.json')
}

// `models/my-model/config.json` is named after its folder, `my-model.json` after itself.
function configId(file: string, cwd: string): string {
  const name = basename(file, '.json')
  return name === 'config' ? basename(dirname(resolve(cwd, file))) : idOfFile(name)
}

/**
 * Configs of a folder by model id: `org__name.json` is `org/name`. Files are read when their model is asked for.
 * @throws PincerError `unreadable` when there is no such folder
 */
export function modelFolder(folder: string, cwd: string): (id: string) => ModelInput {
  const files = new Map(jsonFiles(folder, cwd).map((file) => [idOfFile(basename(file, '.json')).toLowerCase(), file]))
  const read = new Map<string, ModelInput>()
  return (id) => {
    const file = files.get(id.toLowerCase())
    if (file === undefined) return id
    const known = read.get(id) ?? fileInput(join(folder, file), id, cwd)
    read.set(id, known)
    return known
  }
}

function jsonFiles(folder: string, cwd: string): string[] {
  try {
    return readdirSync(resolve(cwd, folder)).filter((file) => file.endsWith('.json'))
  } catch (fault) {
    throw new PincerError(unreadable(folder, faultText(fault).replace('the file', 'the folder')))
  }
}

function idOfFile(name: string): string {
  return name.replace('__', '/')
}
