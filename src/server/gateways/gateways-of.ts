import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { GATEWAY_METADATA } from '@nestjs/websockets/constants.js';

/** A gateway of an application: its class, and what Nest has made of it. */
export interface FoundGateway {
  readonly metatype: Type;
  readonly instance: Partial<Record<string, unknown>>;
}

/** All gateways, ours among them, in the order of the modules. To be called when Nest has made them. */
export function* gatewaysOf(modules: ModulesContainer): Generator<FoundGateway> {
  for (const { providers } of modules.values()) {
    for (const { metatype, instance } of providers.values()) {
      if (!instance || !metatype || !Reflect.hasMetadata(GATEWAY_METADATA, metatype)) continue;
      yield { metatype: metatype as Type, instance };
    }
  }
}
