// What the pages take as given in a block that is only a part of a file.
declare const emitter: import('nestjs-socket-gateway/contract').SocketEmitter;
declare const socket: import('socket.io-client').Socket;
declare const jwt: import('nestjs-socket-gateway').JwtOptions;
declare function fetchToken(): Promise<string>;
declare function fetchPem(kid: string | undefined): Promise<string | undefined>;
declare const bus: {
  publish(channel: string, message: unknown): Promise<void>;
  subscribe(channel: string, listener: (message: unknown) => void): void;
  close(): Promise<void>;
};
