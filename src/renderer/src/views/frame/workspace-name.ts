/** What a workspace is called: the last part of its path, whichever way the slashes lean. */
export function workspaceName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).pop() ?? path
}
