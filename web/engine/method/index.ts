/**
 * All that a page may ask the engine, by family; `ask('pincer.cell', …)` is the method `cell` of pincer.ts. A family is a chunk of
 * its own, so that a page loads only what it asks for.
 */
export const families = {
  pincer: () => import('./pincer.ts'),
  machines: () => import('./machines.ts'),
  money: () => import('./money.ts'),
  search: () => import('./search.ts'),
  simulate: () => import('./simulate.ts'),
  deployment: () => import('./deployment.ts'),
  evidence: () => import('./evidence.ts'),
  own: () => import('./own.ts'),
}
