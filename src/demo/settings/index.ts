export { readDemoConfig, type DemoConfig } from './demo.config.js';
export { loadEnvironmentFile } from './load-env-file.js';
