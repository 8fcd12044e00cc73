import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { WorkerGatewayOptions } from './worker-gateway.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WorkerGatewayOptions>({ moduleName: 'WorkerGateway' })
    .setClassMethodName('forRoot')
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();
