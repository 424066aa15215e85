/** What this machine has to build with, and how what it lacks is installed. */
import { existsSync, statfsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { bindingCache } from './binding-cache.ts'

/** Why TensorFlow's wheels cannot be used on this platform at all; null when they can. */
export function platformObstacle(): string | null {
  const { platform, arch } = process
  if (platform === 'win32') {
    return 'TensorFlow for Windows has no C library to build on: Minima trains on WebAssembly here (under WSL it sets up TensorFlow for Linux)'
  }
  if (platform !== 'linux' && platform !== 'darwin') return `there is no TensorFlow for ${platform}`
  if (arch !== 'x64' && arch !== 'arm64') return `there is no TensorFlow for ${arch} processors`
  if (platform === 'linux' && !hasGlibc()) return 'TensorFlow is built for glibc, and this system has another C library'
  return null
}

function hasGlibc(): boolean {
  const report = process.report as unknown as { excludeNetwork: boolean; getReport(): unknown }
  report.excludeNetwork = true // it would look names up
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime !== undefined
}

/** Whether a native module for this platform is there already: shipped, or built before. */
export function hasBinding(home: string, nativeDir: string | null): boolean {
  return [shippedBinding(nativeDir), bindingCache(home)].some((path) => path !== null && existsSync(path))
}

export function shippedBinding(nativeDir: string | null): string | null {
  return nativeDir === null ? null : join(nativeDir, `${process.platform}-${process.arch}`, 'tfjs_binding.node')
}

export function hasCompiler(env: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform === 'darwin') {
    // The compilers in /usr/bin are there always, and only offer to install the real ones.
    return ['/Library/Developer/CommandLineTools', '/Applications/Xcode.app'].some((path) => existsSync(path))
  }
  const compilers = env['CXX'] ? [env['CXX']] : ['g++', 'c++', 'clang++']
  return onPath('make', env) && compilers.some((name) => onPath(name, env))
}

export function onPath(name: string, env: NodeJS.ProcessEnv = process.env): boolean {
  if (name.includes('/')) return existsSync(name)
  return (env['PATH'] ?? '').split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, name)))
}

/** The one command that installs what is missing and then goes on, or a sentence where no package manager is known. */
export function howToInstall(
  what: { pip: boolean; compiler: boolean },
  goOn: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (process.platform === 'darwin') return `\`xcode-select --install\`, then \`${goOn}\``
  const sudo = process.getuid?.() === 0 ? '' : 'sudo '
  const manager = MANAGERS.find(({ program }) => onPath(program, env))
  if (!manager) {
    const things = [...(what.pip ? ['Python 3 with pip'] : []), ...(what.compiler ? ['a C++ compiler and make'] : [])]
    return `install ${things.join(', ')}, then \`${goOn}\``
  }
  const packages = [...(what.pip ? [manager.pip] : []), ...(what.compiler ? [manager.compiler] : [])]
  return `\`${sudo}${manager.install} ${packages.join(' ')} && ${goOn}\``
}

const MANAGERS = [
  { program: 'apt-get', install: 'apt-get install -y', pip: 'python3-pip', compiler: 'g++ make' },
  { program: 'dnf', install: 'dnf install -y', pip: 'python3-pip', compiler: 'gcc-c++ make' },
  { program: 'zypper', install: 'zypper install -y', pip: 'python3-pip', compiler: 'gcc-c++ make' },
  { program: 'pacman', install: 'pacman -S --noconfirm', pip: 'python-pip', compiler: 'gcc make' },
] as const

/** Bytes that this user may still write where `dir` is or will be; null when the system does not tell. */
export function freeBytes(dir: string): number | null {
  for (let at = dir; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at)
      return bavail * bsize
    } catch {
      if (dirname(at) === at) return null
    }
  }
}
