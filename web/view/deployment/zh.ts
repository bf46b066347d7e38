import type { DeploymentText } from './en.ts'
import { en } from './en.ts'

export const zh: DeploymentText = en
