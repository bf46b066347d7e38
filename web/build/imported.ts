import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/** The module of a script of the project, `path` from this folder: the config of the build is not compiled with the scripts. */
export async function imported<T>(path: string): Promise<T> {
  const file = fileURLToPath(new URL(path, import.meta.url))
  const { module } = await runnerImport<T>(file, { configFile: false, logLevel: 'error' })
  return module
}
