import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.mts';

/** The page that a person uses. */
export async function pageRoutes(_app: FastifyInstance, _sandbox: Sandbox): Promise<void> {}
