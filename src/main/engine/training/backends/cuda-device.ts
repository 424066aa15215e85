/** Why TensorFlow with CUDA found no device: no GPU, no driver, or a library of NVIDIA's that cannot be loaded. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** NVIDIA's driver; it comes with the system, never from pip. */
const DRIVER = 'libcuda.so.1'

/** What TensorFlow opens at run time; the numbers are those of CUDA 12, for which its wheels are built. */
const LIBRARIES: readonly (readonly [name: string, version: number])[] = [
  ['cudart', 12],
  ['cublas', 12],
  ['cublasLt', 12],
  ['cudnn', 9],
  ['cufft', 11],
  ['cusolver', 11],
  ['cusparse', 12],
  ['cupti', 12],
  ['nccl', 2],
]

/**
 * @param libraryDir folder of libtensorflow; NVIDIA's wheels lie beside it, in `../nvidia`
 * @param canLoad whether the dynamic linker finds a library by name
 */
export function whyNoDevice(libraryDir: string, canLoad: (name: string) => boolean = linkerFinds): string {
  if (!canLoad(DRIVER)) {
    const driver = `there is no NVIDIA driver (${DRIVER} cannot be loaded)`
    return seesGpu() ? `${driver}; install the one for this system's GPU` : `${driver}, and no NVIDIA GPU`
  }
  const fromPip = librariesOfPip(libraryDir)
  const missing = LIBRARIES.filter(([name, version]) => !fromPip.has(name) && !canLoad(`lib${name}.so.${version}`))
  if (missing.length > 0)
    return `NVIDIA's ${missing.map(([name]) => `lib${name}`).join(', ')} cannot be found (\`minima setup tensorflow --cuda\` brings them)`
  return 'the NVIDIA driver shows no GPU that this TensorFlow can use (`nvidia-smi` lists what it sees)'
}

/** Linux only: a device of NVIDIA's on the PCI bus. */
function seesGpu(): boolean {
  const bus = '/sys/bus/pci/devices'
  try {
    return readdirSync(bus).some((device) => {
      const read = (name: string): string => readFileSync(join(bus, device, name), 'utf8').trim()
      return read('vendor') === '0x10de' && read('class').startsWith('0x03')
    })
  } catch {
    return false
  }
}

function librariesOfPip(libraryDir: string): ReadonlySet<string> {
  try {
    const nvidia = join(dirname(realpathSync(libraryDir)), 'nvidia')
    const libs = readdirSync(nvidia).map((part) => join(nvidia, part, 'lib'))
    const files = libs.flatMap((lib) => (existsSync(lib) ? readdirSync(lib) : []))
    return new Set(files.flatMap((file) => /^lib(.+?)\.so/.exec(file)?.[1] ?? []))
  } catch {
    return new Set()
  }
}

/** Asks the linker itself: a library it finds is no addon of Node's, and the message differs. */
function linkerFinds(name: string): boolean {
  try {
    process.dlopen({ exports: {} } as unknown as NodeJS.Module, name)
    return true
  } catch (error) {
    return !/cannot open shared object file|not found|no such file/i.test((error as Error).message)
  }
}
