/** Paths as an experiment file has them: relative, with slashes; absolute ones stay as they are. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
}

/** The folder of a file; `.` for one without. */
export function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  return at < 0 ? '.' : path.slice(0, at) || '/'
}

/** `a/b` + `../c` → `a/c`; steps above the first folder stay: `..` + `..` → `../..`. */
export function joinPath(folder: string, path: string): string {
  if (isAbsolute(path)) return path
  const joined = `${folder}/${path}`
  const parts: string[] = []
  for (const part of joined.split(/[\\/]/)) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !joined.startsWith('/')) parts.push(part)
  }
  return (joined.startsWith('/') ? '/' : '') + parts.join('/') || '.'
}
