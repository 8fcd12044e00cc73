import { Controller, Get, Header } from '@nestjs/common';
import { register } from 'prom-client';

/** For Prometheus: what the library counts and measures. Whoever runs this for others lets only Prometheus see it. */
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('Content-Type', register.contentType)
  read(): Promise<string> {
    return register.metrics();
  }
}
