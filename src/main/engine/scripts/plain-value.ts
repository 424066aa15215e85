/** An experiment is data, so that it can be checked, stored and repeated. */

/** A copy without settings that are undefined. @throws TypeError for what is no data, naming the setting. */
export function plainValue(value: unknown, path = ''): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`${path || 'the default export'} is a ${typeof value}; an experiment holds data only`)
  }
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array)
  if (Array.isArray(value)) return value.map((item, index) => plainValue(item, `${path}[${index}]`))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    const kind = value.constructor.name
    throw new TypeError(
      `${path || 'the default export'} is a ${kind}; an experiment holds plain objects and lists only`,
    )
  }
  const entries = Object.entries(value).filter(([, setting]) => setting !== undefined)
  return Object.fromEntries(
    entries.map(([key, setting]) => [key, plainValue(setting, path === '' ? key : `${path}.${key}`)]),
  )
}
