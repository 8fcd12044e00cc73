import { Controller, Get } from '@nestjs/common';

/** For whoever wants to know whether the server answers. */
@Controller('healthz')
export class HealthController {
  @Get()
  check(): { status: 'ok'; pid: number } {
    return { status: 'ok', pid: process.pid };
  }
}
