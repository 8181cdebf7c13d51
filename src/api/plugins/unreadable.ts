import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { PROBLEM_TYPE, toProblem } from '../../contract/problem.ts';
import { ProblemError } from '../../errors.ts';
import { sendProblem } from './problems.ts';

const DETAILS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive.',
};

/** Paths that the router cannot read (bad escapes, an overlong segment); no hook has run for them. */
export function unreadablePath(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  void sendProblem(new ProblemError('validation_failed', 'The path of the request cannot be read.'), request, reply);
}

/** What is not HTTP: Node gives no request, only the socket; it is told and closed. */
export function unreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const id = randomUUID();
  const detail = DETAILS[error.code ?? ''] ?? 'The request cannot be read as HTTP.';
  const problem = toProblem(new ProblemError('validation_failed', detail), id);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
}
