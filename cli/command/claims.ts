import type { Io } from '../io.ts'
import { writeJson } from '../view/json.ts'
import type { ClaimsOptions } from './claims-definition.ts'

export async function claimsAction(id: string | undefined, options: ClaimsOptions, io: Io): Promise<void> {
  writeJson({ id, options }, io)
}
