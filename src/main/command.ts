/** The program `minima`: its commands, and the one place where a command may bring up an engine of its own. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { MinimaError } from '../contract/errors.ts'
import { demo } from './cli/demo.ts'
import { doctor } from './cli/doctor.ts'
import { init } from './cli/init.ts'
import { inspect } from './cli/inspect.ts'
import { lrFind } from './cli/lr-find.ts'
import { exportModel, importModel } from './cli/model.ts'
import { open } from './cli/open.ts'
import { evaluateRun, predictRun } from './cli/predict.ts'
import { listRuns } from './cli/runs.ts'
import { serve } from './cli/serve.ts'
import type { CommandContext } from './cli/session.ts'
import { setup } from './cli/setup.ts'
import { train } from './cli/train.ts'
import { workspaceDir } from './engine-host.ts'
import { packagePaths } from './package-paths.ts'

const context: CommandContext = {
  paths: packagePaths(),
  async startEngine(workspace, port) {
    const { createEngine } = await import('./engine/index.ts')
    const engine = createEngine({ workspaceDir: workspace, ...context.paths })
    const { port: bound, token } = await engine.listen(port)
    return {
      origin: `http://127.0.0.1:${bound}`,
      token,
      ended: engine.shutdownAsked.then(() => undefined),
      close: () => engine.close(),
    }
  },
}

const program = new Command('minima')
  .description('Train, watch and compare models on your own machine.')
  .version(context.paths.version)
  .option('--workspace <dir>', 'the folder that holds runs (default: $MINIMA_WORKSPACE, else ~/Minima)')
  .showHelpAfterError('(--help says more)')

/** Options of the command with the workspace resolved. */
function withWorkspace<T extends object>(options: T): T & { workspace: string } {
  return { ...options, workspace: workspaceDir(program.opts<{ workspace?: string }>().workspace) }
}

function finish(status: Promise<number>): Promise<void> {
  return status.then((code) => {
    process.exitCode = code
  })
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('expected 0 to 65535')
  return value
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('expected a positive number')
  return value
}

function count(text: string): number {
  if (!Number.isInteger(positive(text))) throw new InvalidArgumentError('expected a positive integer')
  return Number(text)
}

const runScript = (): Option =>
  new Option('--run-script', 'run the copy of a script that the run kept, though its file is another now').default(
    false,
  )

program
  .command('train')
  .description('train an experiment file or a script, or go on with a run')
  .argument(
    '[file]',
    'YAML, JSON, or a TypeScript module that exports an experiment; with --resume by default that of the run',
  )
  .option('--name <name>', 'what the run is called')
  .option('--set <path=value>', 'replace a value of the file, such as fit.epochs=3', collect, [])
  .option('--resume <run>', 'go on with this run, by id or name, from its last checkpoint')
  .addOption(runScript())
  .action((file: string | undefined, options: { name?: string; set: string[]; resume?: string; runScript: boolean }) =>
    finish(train(file ?? null, withWorkspace(options), context)),
  )

program
  .command('lr-find')
  .description('try learning rates from a low one to a high one, and say which to train with')
  .argument('<file>', 'YAML or JSON')
  .option('--from <rate>', 'the lowest', positive, 1e-5)
  .option('--to <rate>', 'the highest', positive, 10)
  .option('--iterations <count>', 'steps from one to the other', count, 500)
  .option('--set <path=value>', 'replace a value of the file, such as fit.batchSize=64', collect, [])
  .action((file: string, options: { from: number; to: number; iterations: number; set: string[] }) =>
    finish(lrFind(file, withWorkspace(options), context)),
  )

program
  .command('init')
  .description('lay out a folder for scripts: a sample, and types for the editor')
  .argument('[dir]', 'default: here', '.')
  .action((dir: string) => finish(init(dir, context)))

program
  .command('demo')
  .description('train the Fashion-MNIST sample that ships with Minima')
  .action(() => finish(demo(withWorkspace({}), context)))

program
  .command('open', { isDefault: true })
  .description('open the desktop window')
  .action(() => finish(open(withWorkspace({}), context)))

program
  .command('serve')
  .description('serve the app on loopback, for a browser')
  .option('--port <port>', 'default: any that is free', port, 0)
  .action((options: { port: number }) => finish(serve(withWorkspace(options), context)))

program
  .command('runs')
  .description('list the runs')
  .option('--json', 'for programs', false)
  .action((options: { json: boolean }) => finish(listRuns(withWorkspace(options), context)))

program
  .command('inspect')
  .description('show what is stored of runs: series, aggregates, histograms')
  .argument('[run...]', 'ids or names; default: all')
  .option('--json', 'for programs', false)
  .action((runs: string[], options: { json: boolean }) => finish(inspect(runs, withWorkspace(options), context)))

const part = (): Option =>
  new Option('--part <part>', 'rows of').choices(['train', 'validation', 'test']).default('test')
interface PartFlags {
  readonly part: 'train' | 'validation' | 'test'
  readonly runScript: boolean
  readonly json: boolean
}

program
  .command('evaluate')
  .description('loss and metrics of a trained run over a part of its data')
  .argument('<run>', 'id or name')
  .addOption(part())
  .addOption(runScript())
  .option('--json', 'for programs', false)
  .action((run: string, options: PartFlags) => finish(evaluateRun(run, withWorkspace(options), context)))

program
  .command('predict')
  .description('what a trained run makes of rows: classes and probabilities, or numbers')
  .argument('<run>', 'id or name')
  .addOption(part())
  .option('--rows <count>', 'how many are shown', count, 10)
  .option('--csv <file>', 'write all of them to a file')
  .addOption(runScript())
  .option('--json', 'for programs', false)
  .action((run: string, options: PartFlags & { rows: number; csv?: string }) =>
    finish(predictRun(run, withWorkspace(options), context)),
  )

const model = program.command('model').description("models in the files of other programs, such as Keras's")

model
  .command('export')
  .description('write the model that a run trained for Keras, TensorFlow.js or TensorFlow')
  .argument('<run>', 'id or name')
  .argument('<file>', 'such as model.keras; of the other formats a folder')
  .addOption(new Option('--format <format>').choices(['keras', 'tfjs', 'savedModel']).default('keras'))
  .option('--without-preprocessing', 'leave out the layers that do to features what the experiment does')
  .option('--json', 'for programs', false)
  .action(
    (
      run: string,
      file: string,
      options: { withoutPreprocessing?: true; json: boolean; format: 'keras' | 'tfjs' | 'savedModel' },
    ) =>
      finish(
        exportModel(run, file, { ...withWorkspace(options), preprocessing: !options.withoutPreprocessing }, context),
      ),
  )

model
  .command('import')
  .description("what a file of Keras's or TensorFlow.js's holds, as the model of an experiment file")
  .argument('<file>', '.keras, .h5, or the folder of a TensorFlow.js model')
  .option('--out <file>', 'write it there in place of printing it')
  .action((file: string, options: { out?: string }) => finish(importModel(file, withWorkspace(options), context)))

program
  .command('doctor')
  .description('check what can train here, and say what is missing')
  .option('--json', 'for programs', false)
  .action((options: { json: boolean }) => finish(doctor(withWorkspace(options), context)))

program
  .command('setup')
  .description('set up native TensorFlow, the fastest there is to train on: `minima setup tensorflow`')
  .argument('<what>', 'tensorflow')
  .addOption(new Option('--cpu', 'for the CPU (the default)').conflicts(['cuda', 'stock']))
  .addOption(new Option('--cuda', "with NVIDIA's libraries, for their GPUs").conflicts(['cpu', 'stock']))
  .addOption(new Option('--stock', "tfjs-node's own old build, by its own installer").conflicts(['cpu', 'cuda']))
  .option('--python <path>', 'take TensorFlow, or pip, from this Python')
  .option('--wheel <file>', 'take TensorFlow from this wheel')
  .option('--remove', 'undo it', false)
  .option('--yes', 'do not ask', false)
  .action((what: string, options: SetupFlags) => {
    const flavor = options.cuda ? 'cuda' : options.stock ? 'stock' : 'cpu'
    return finish(setup(what, withWorkspace({ ...options, flavor }), context))
  })

interface SetupFlags {
  readonly cpu?: boolean
  readonly cuda?: boolean
  readonly stock?: boolean
  readonly python?: string
  readonly wheel?: string
  readonly remove: boolean
  readonly yes: boolean
}

function collect(value: string, sofar: string[]): string[] {
  return [...sofar, value]
}

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof MinimaError ? error.message : error)
  process.exitCode = 1
}
