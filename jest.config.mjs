/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Two states of one application, with one name.
  modulePathIgnorePatterns: ['<rootDir>/examples/', '<rootDir>/dist/'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nestjs-socket-gateway$': '<rootDir>/src/server/index.ts',
    '^nestjs-socket-gateway/(contract|worker|jobs|client|testing)$': '<rootDir>/src/$1/index.ts',
  },
  // Jest's ESM mode keeps the modules of every finished test file; without these two the run grows by 13 MB a file.
  maxWorkers: 2,
  workerIdleMemoryLimit: '400MB',
  testTimeout: 20_000,
};
