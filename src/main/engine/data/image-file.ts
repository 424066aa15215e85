/** Images of files as bytes: decoded by sharp (libvips), brought to a size as Keras's image_dataset_from_directory does. */
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { statOf } from './data-file.ts'

export interface ImageShape {
  readonly height: number
  readonly width: number
  /** 3: red, green and blue; 1: light. */
  readonly channels: 1 | 3
}

export type Interpolation = 'bilinear' | 'nearest'

/** What sharp reads, by the ends of names. */
export const IMAGE_NAME = /\.(png|jpe?g|gif|webp|tiff?|avif)$/i

/** Writes height × width × channels bytes from `to` on. @throws MinimaError `data-invalid` when it is no image */
export async function readImage(
  file: DataFile,
  shape: ImageShape,
  interpolation: Interpolation,
  out: Uint8Array,
  to: number,
): Promise<void> {
  const { pixels, ...decoded } = await decodeImage(file, shape.channels)
  resize(pixels, decoded, shape, interpolation, out, to)
}

/** Row by row. @throws MinimaError `data-invalid` when it is no image */
export async function decodeImage(
  file: DataFile,
  channels: 1 | 3,
): Promise<ImageShape & { readonly pixels: Uint8Array }> {
  const { default: sharp } = await import('sharp')
  try {
    // What is transparent has its colour: TensorFlow's decoders drop the alpha too.
    const { data, info } = await sharp(file.path)
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { height: info.height, width: info.width, channels, pixels: channels === 3 ? data : lightOf(data) }
  } catch (error) {
    throw notRead(error, file)
  }
}

/** Without decoding it. @throws MinimaError `data-invalid` when it is no image */
export async function imageSizeOf(file: DataFile): Promise<{ height: number; width: number }> {
  await statOf(file)
  const { default: sharp } = await import('sharp')
  try {
    const { height, width } = await sharp(file.path).metadata()
    return { height, width }
  } catch (error) {
    throw notRead(error, file)
  }
}

function notRead(error: unknown, file: DataFile): Error {
  return fileError(`the image cannot be read (${(error as Error).message})`, file)
}

/** As JPEG and TensorFlow have it. */
function lightOf(colors: Uint8Array): Uint8Array {
  const light = new Uint8Array(colors.length / 3)
  for (let pixel = 0; pixel < light.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = colors.subarray(3 * pixel, 3 * pixel + 3)
    light[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
  return light
}

/** As tf.image.resize, which does not smooth what it makes smaller; rounded to bytes. */
function resize(
  from: Uint8Array,
  source: ImageShape,
  target: ImageShape,
  interpolation: Interpolation,
  out: Uint8Array,
  to: number,
): void {
  const rows = placesAlong(source.height, target.height, interpolation)
  const columns = placesAlong(source.width, target.width, interpolation)
  const { channels } = target
  const at = (row: number, column: number, channel: number): number =>
    from[(row * source.width + column) * channels + channel] as number
  let index = to
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const above = mix(at(row.first, column.first, channel), at(row.first, column.second, channel), column.share)
        const below = mix(at(row.second, column.first, channel), at(row.second, column.second, channel), column.share)
        out[index++] = Math.round(mix(above, below, row.share))
      }
    }
  }
}

function mix(first: number, second: number, share: number): number {
  return first + (second - first) * share
}

/** Between which places of `from` each of `to` lies, and how far from the first. */
function placesAlong(
  from: number,
  to: number,
  interpolation: Interpolation,
): { first: number; second: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const middle = ((index + 0.5) * from) / to
    if (interpolation === 'nearest') {
      const nearest = Math.min(from - 1, Math.floor(middle))
      return { first: nearest, second: nearest, share: 0 }
    }
    const place = middle - 0.5
    const before = Math.floor(place)
    const within = (at: number): number => Math.min(from - 1, Math.max(0, at))
    return { first: within(before), second: within(before + 1), share: place - before }
  })
}
