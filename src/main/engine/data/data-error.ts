/** How data says that it cannot be used, and which setting of the experiment led to it. */
import { MinimaError } from '../../../contract/errors.ts'

export type SettingPath = readonly (string | number)[]

/** A file, and the setting of the experiment that names it. */
export interface DataFile {
  readonly path: string
  readonly setting: SettingPath
}

/** `details.setting` is the path of the setting at fault, such as ['data', 'train', 'labels']. */
export function dataError(message: string, setting: SettingPath): MinimaError {
  return new MinimaError('data-invalid', message, { setting: [...setting] })
}

/** The path comes last in the message. */
export function fileError(message: string, file: DataFile): MinimaError {
  return dataError(`${message}: ${file.path}`, file.setting)
}

export function settingOf(error: unknown): SettingPath | null {
  if (!(error instanceof MinimaError) || error.code !== 'data-invalid') return null
  const setting = error.details?.['setting']
  return Array.isArray(setting) ? (setting as SettingPath) : null
}
