import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { SocketGatewayHealth, type HealthReport } from 'nestjs-socket-gateway';

/** For whoever wants to know whether the server answers, and whether it should get visitors. */
@Controller()
export class HealthController {
  readonly #health: SocketGatewayHealth;

  constructor(health: SocketGatewayHealth) {
    this.#health = health;
  }

  @Get('healthz')
  check(): { status: 'ok'; pid: number } {
    return { status: 'ok', pid: process.pid };
  }

  @Get('readyz')
  ready(): HealthReport {
    const report = this.#health.readiness();
    if (report.status === 'down') throw new ServiceUnavailableException(report);
    return report;
  }
}
