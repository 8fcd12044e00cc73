import 'nestjs-socket-gateway/contract';

declare module 'nestjs-socket-gateway/contract' {
  interface GatewayEvents {
    'import:queued': { id: string };
    'import:done': { rows: number };
  }
}
