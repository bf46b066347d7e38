import type { Plugin } from 'vite'

/**
 * Names the files of the home view to public/first.js, which has the browser fetch them together with the frame, not after it, where
 * the address leads there.
 */
export function preloadHome(view: string): Plugin {
  return {
    name: 'preload-home',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunk = Object.values(bundle).find(
          (file) => file.type === 'chunk' && (file.facadeModuleId ?? '').endsWith(view),
        )
        if (chunk?.type !== 'chunk') throw new Error(`the build has no chunk of ${view}`)
        const styles = [...(chunk.viteMetadata?.importedCss ?? [])]
        const files = [chunk.fileName, ...styles].map((name) => `./${name}`).join(' ')
        return [{ tag: 'meta', attrs: { name: 'home-files', content: files }, injectTo: 'head-prepend' }]
      },
    },
  }
}
