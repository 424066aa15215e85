/** Who may import whom; docs/architecture.md says why. */
const ENGINE = '^src/main/engine/'
const ELECTRON = '^electron$|node_modules/electron/'

const ban = (name, from, to, except) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to, ...(except && { pathNot: except }) },
})
const home = (name, pkg, allowed) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: allowed },
  to: { path: pkg },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ban('contract-is-a-leaf', '^src/contract/', '.', '^src/contract/|node_modules/zod/'),
    ban('client-knows-contract-only', '^src/client/', '.', '^src/(contract|client)/|node_modules/(zod|birpc)/'),
    ban(
      'library-depends-on-nothing',
      '^src/library/',
      '.',
      `^src/(contract|library)/|^packages/|^src/main/process-identity|${ENGINE}training/(log-sender|histogram)|^node:|^(fs|os|path)$`,
    ),
    ban('preload-is-a-bridge', '^src/preload/', '.', `^src/(contract|preload)/|${ELECTRON}`),
    ban('renderer-knows-contract-and-client-only', '^src/renderer/', `^src/(main|preload)/|${ELECTRON}`),
    {
      name: 'renderer-no-node',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    ban('engine-has-no-electron', ENGINE, `^src/main/(shell|index|cli)|^src/(preload|renderer)/|${ELECTRON}`),
    ban('shell-starts-the-engine-as-a-program', '^src/main/(shell/|index)', ENGINE),
    ban('cli-is-thin', '^src/main/cli/', ENGINE),
    ban('host-knows-no-engine', '^src/main/engine-host', `${ENGINE}|^src/main/(shell|cli)/|${ELECTRON}`),
    home('sqlite-lives-in-store', 'better-sqlite3', `${ENGINE}store/`),
    home('tf-lives-in-ml', '@tensorflow/', `${ENGINE}(data|models|training)/`),
    home('hdf5-lives-in-keras-file', 'node_modules/h5wasm', `${ENGINE}models/keras-file/hdf5`),
    home('echarts-lives-in-charts', '(^|/)echarts', '^src/renderer/src/charts/'),
    ban('ml-never-stores', `${ENGINE}(experiment|data|models|training)/`, `${ENGINE}(store|query|api)/`),
    ban('models-and-data-are-leaves', `${ENGINE}(data|models)/`, ENGINE, `${ENGINE}(data|models)/`),
    ban('event-files-are-a-leaf', `${ENGINE}event-files/`, ENGINE, `${ENGINE}event-files/`),
    ban('setup-is-a-leaf', `${ENGINE}tensorflow/`, ENGINE, `${ENGINE}(tensorflow/|training/backends/tensorflow-home)`),
    ban('store-is-low', `${ENGINE}store/`, `${ENGINE}(?!store/)`),
    ban('only-the-door-sees-api', `${ENGINE}(?!api/|index|process)`, `${ENGINE}api/`),
    ban('src-never-sees-test', '^src/', '^test/'),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
}
