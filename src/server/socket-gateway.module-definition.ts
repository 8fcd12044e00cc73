import { ConfigurableModuleBuilder, type ModuleMetadata, type Type } from '@nestjs/common';
import { SocketAuthenticator } from './auth/index.js';
import { RoomAuthorizer } from './rooms/index.js';
import type { SocketGatewayOptions } from './options/index.js';

/** What `forRoot` and `forRootAsync` take beside the options. */
export interface SocketGatewayExtras {
  /** Replaces the verification of JWTs. Its dependencies come from `imports`, and from global modules. */
  authenticator?: Type<SocketAuthenticator> | undefined;

  /** Decides which rooms a client may join. Its dependencies come from the same places. */
  authorizer?: Type<RoomAuthorizer> | undefined;

  /** Modules whose exports the two need. */
  imports?: ModuleMetadata['imports'];
}

/** Nest takes out of the options what has a name here: a name that is missing would be refused as an unknown option. */
const NO_EXTRAS: Required<SocketGatewayExtras> = {
  authenticator: undefined,
  authorizer: undefined,
  imports: [],
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SocketGatewayOptions>({ moduleName: 'SocketGateway' })
    .setClassMethodName('forRoot')
    .setExtras<SocketGatewayExtras>(NO_EXTRAS, (definition, { authenticator, authorizer, imports = [] }) => ({
      ...definition,
      global: true,
      imports: [...(definition.imports ?? []), ...imports],
      providers: [
        ...(definition.providers ?? []),
        ...(authenticator ? [{ provide: SocketAuthenticator, useClass: authenticator }] : []),
        ...(authorizer ? [{ provide: RoomAuthorizer, useClass: authorizer }] : []),
      ],
    }))
    .build();
