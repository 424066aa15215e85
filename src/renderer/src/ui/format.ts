/** Numbers, times and sizes as a person reads them: four significant digits, units, no surprises. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Four significant digits, zeros kept so that columns align: `0.8910`, `12.35`, `51,570`, `1.234e-5`. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e7 || size < 1e-4) return value.toExponential(3)
  if (size >= 9999.5) return grouped.format(value)
  if (Number.isInteger(value)) return grouped.format(value)
  return value.toPrecision(4)
}

export function formatCount(count: number): string {
  return grouped.format(count)
}

/** `950`, `13k`, `3.2 M`: for totals where the order of magnitude is what is asked. */
export function formatShortCount(count: number): string {
  if (count < 10_000) return grouped.format(count)
  if (count < 999_500) return `${trimZeros((count / 1e3).toPrecision(3))}k`
  if (count < 999.5e6) return `${trimZeros((count / 1e6).toPrecision(3))} M`
  return `${trimZeros((count / 1e9).toPrecision(3))} G`
}

/** `0.4s`, `18s`, `4m 12s`, `1h 02m`, `3d 04h`. */
export function formatDuration(secs: number): string {
  if (secs < 9.95) return `${Math.max(0, secs).toFixed(1)}s`
  const whole = Math.round(secs)
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`
  return `${Math.floor(whole / 86_400)}d ${pad(Math.floor((whole % 86_400) / 3600))}h`
}

export function formatBytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toPrecision(3)} GB`
}

/** Files as pip and the makers of disks count them, in thousands: `0.4 MB`, `274 MB`, `3.40 GB`. */
export function formatFileSize(bytes: number): string {
  if (bytes < 9.95e6) return `${(bytes / 1e6).toFixed(1)} MB`
  return bytes < 999.5e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toPrecision(3)} GB`
}

/** Local date and time to the second, sortable: `2026-07-31 14:03:22`. */
export function formatTime(wallTimeSecs: number): string {
  const time = new Date(wallTimeSecs * 1000)
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${formatClock(time)}`
}

export function formatClock(time: Date): string {
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`
}

/** `just now`, `5 m ago`, `3 h ago`, else the date. */
export function formatAgo(wallTimeSecs: number, nowSecs: number): string {
  const secs = nowSecs - wallTimeSecs
  if (secs < 60) return 'just now'
  if (secs < 3600) return `${Math.floor(secs / 60)} m ago`
  if (secs < 86_400) return `${Math.floor(secs / 3600)} h ago`
  return formatTime(wallTimeSecs).slice(0, 16)
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
