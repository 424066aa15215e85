/** Names of layers as experiments can have them: other characters of Keras's names become `_`. */
export function minimaName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '_')
}
