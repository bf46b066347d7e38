import type { HtmlTagDescriptor, Plugin } from 'vite'

/** Has the browser fetch the home view together with the frame, not after it. */
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
        return [
          tag({ rel: 'modulepreload', href: `./${chunk.fileName}` }),
          ...styles.map((href) => tag({ rel: 'preload', as: 'style', href: `./${href}` })),
        ]
      },
    },
  }
}

function tag(attrs: Readonly<Record<string, string>>): HtmlTagDescriptor {
  return { tag: 'link', attrs: { ...attrs, crossorigin: true }, injectTo: 'head' }
}
