import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

const noEngineInPage = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: ['**/main/**', '**/preload/**', 'electron', 'node:*'],
          message: 'the page knows src/contract and src/client only',
        },
      ],
    },
  ],
}

export default ts.config(
  { ignores: ['out/', 'packages/*/dist/', 'node_modules/', '.cache/', 'resources/'] },
  ...ts.configs.strict,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/unified-signatures': 'off',
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'], location: 'anywhere' }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  { files: ['src/renderer/**'], rules: noEngineInPage },
)
