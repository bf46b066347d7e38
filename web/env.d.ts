declare module '*.css'

/** Made by build/default-answer.ts. */
declare module 'virtual:default-answer' {
  export const answer: import('./engine/method/pincer.ts').PincerAnswer
  export const catalog: import('./engine/catalog-list.ts').CatalogList
}

/** Made by build/measured-list.ts. */
declare module 'virtual:measured' {
  export const measured: import('./engine/measured.ts').MeasuredList
}

/** Made by build/residuals.ts. */
declare module 'virtual:residuals' {
  export const residuals: import('./view/evidence/residual-data.ts').ResidualData
}

interface ImportMeta {
  readonly env: { readonly PROD: boolean }
}
