import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What publishing may import, and so the server too. */
const belowPublishing = [
  'contract',
  'names',
  'config',
  'logging',
  'metrics',
  'tracing',
  'redis',
  'room-log',
  'receipts',
];

/**
 * Which rooms of src/ a room may import; dependencies point upwards only. `worker` and `server` never see each
 * other. A room that is not named here may import nothing of src/.
 */
const mayImport = {
  contract: [],
  logging: [],
  metrics: [],
  tracing: ['contract', 'logging'],
  names: ['contract'],
  config: ['contract', 'metrics', 'tracing'],
  redis: ['contract', 'config', 'logging', 'metrics'],
  health: ['contract', 'logging', 'metrics', 'redis'],
  'room-log': ['contract', 'config', 'logging', 'redis'],
  receipts: ['contract', 'config', 'logging', 'metrics', 'tracing', 'redis', 'room-log'],
  publishing: belowPublishing,
  'job-rooms': ['contract', 'names'],
  jobs: ['contract', 'names', 'config', 'job-rooms', 'room-log', 'publishing'],
  server: [...belowPublishing, 'publishing', 'health', 'job-rooms'],
  worker: ['contract', 'config', 'logging', 'metrics', 'tracing', 'redis', 'health', 'publishing'],
  client: ['contract'],
  testing: ['contract', 'names', 'config', 'logging', 'room-log', 'receipts', 'publishing', 'server'],
  // The demo uses the library as its users do: by its name.
  demo: [],
};

const rooms = Object.keys(mayImport);

const boundaries = rooms.map((room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: rooms
              .filter((other) => other !== room && !mayImport[room].includes(other))
              .flatMap((other) => [`../${other}/*`, `../../${other}/*`, `../../../${other}/*`]),
            message: `src/${room} may import only: ${mayImport[room].join(', ') || 'nothing of src'}.`,
          },
          {
            regex: `^(\\.\\./)+(${rooms.filter((other) => other !== room).join('|')})/(?!index\\.js$)`,
            message: 'A folder is a room with a door: import its index.js.',
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'dist-docs/**', 'examples/*/*/dist/**', 'coverage/**', 'node_modules/**'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.json',
          './test/tsconfig.json',
          './test/tsconfig.demo.json',
          './examples/tsconfig.json',
        ],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest types options as classes, of which nobody makes instances.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Nest's modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        structuredClone: 'readonly',
      },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { process: 'readonly', console: 'readonly', __dirname: 'readonly' },
    },
  },
  {
    files: ['src/demo/web/**/*.js', 'test/e2e/browser/jobs/page/*.js'],
    languageOptions: {
      globals: {
        window: 'readonly',
        document: 'readonly',
        location: 'readonly',
        fetch: 'readonly',
        localStorage: 'readonly',
        sessionStorage: 'readonly',
        XMLHttpRequest: 'readonly',
        FormData: 'readonly',
        HTMLElement: 'readonly',
        customElements: 'readonly',
        requestAnimationFrame: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        console: 'readonly',
        File: 'readonly',
        URL: 'readonly',
        Blob: 'readonly',
        AbortController: 'readonly',
        URLSearchParams: 'readonly',
        history: 'readonly',
        navigator: 'readonly',
        matchMedia: 'readonly',
        performance: 'readonly',
        CustomEvent: 'readonly',
        Event: 'readonly',
      },
    },
  },
  ...boundaries,
);
