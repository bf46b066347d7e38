import type { ComponentType } from 'preact'

export type View = ComponentType
type Load = () => Promise<{ readonly default: View }>

/** Views by the name that links call them, in the order of the navigation. The first is the home view. */
export const VIEWS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['pincer', () => import('./view/pincer/index.tsx')],
  ['deployment', () => import('./view/deployment/index.tsx')],
  ['frontier', () => import('./view/frontier/index.tsx')],
  ['serving', () => import('./view/serving/index.tsx')],
  ['machines', () => import('./view/machines/index.tsx')],
  ['money', () => import('./view/money/index.tsx')],
  ['evidence', () => import('./view/evidence/index.tsx')],
  ['own', () => import('./view/own/index.tsx')],
])
