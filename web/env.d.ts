declare module '*.css'

/** Made by build/default-answer.ts. */
declare module 'virtual:default-answer' {
  export const answer: import('./engine/method/pincer.ts').PincerAnswer
  export const catalog: import('./engine/catalog-list.ts').CatalogList
}

interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}
