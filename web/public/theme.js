// Runs before the first paint, so that a chosen theme does not flash. The rest is web/state/theme.ts.
try {
  const theme = localStorage.getItem('pincer.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is forbidden: the system's theme it is.
}
