// Runs before the first paint, so that a chosen theme does not flash. The rest is web/state/theme.ts.
try {
  const theme = localStorage.getItem('pincer.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is forbidden: the system's theme it is.
}

// The files of the home view, named by web/build/preload-home.ts; other views would not use them.
if (/^(#\/?(pincer)?(\?.*)?)?$/.test(location.hash)) {
  const files = document.querySelector('meta[name="home-files"]')?.content ?? ''
  for (const file of files.split(' ').filter(Boolean)) {
    const link = document.createElement('link')
    if (file.endsWith('.css')) Object.assign(link, { rel: 'preload', as: 'style' })
    else link.rel = 'modulepreload'
    link.crossOrigin = ''
    link.href = file
    document.head.append(link)
  }
}
