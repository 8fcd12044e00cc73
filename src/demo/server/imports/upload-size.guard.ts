import {
  Injectable,
  PayloadTooLargeException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request } from 'express';
import { UploadLimits } from './upload-limits.js';

/** What multipart adds around the files: boundaries, headers, the names of samples. */
const ENVELOPE_BYTES = 64 * 1024;

/** Refuses an upload that announces itself as too large before the first byte of it is stored. */
@Injectable()
export class UploadSizeGuard implements CanActivate {
  constructor(private readonly limits: UploadLimits) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > this.limits.maxUploadBytes + ENVELOPE_BYTES) {
      throw new PayloadTooLargeException(this.limits.tooLargeMessage);
    }
    return true;
  }
}
