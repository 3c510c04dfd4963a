import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Imported before n8n-core, which reads these when it is loaded and writes its settings there. */
const home = mkdtempSync(join(tmpdir(), 'n8n-core-'));
Object.assign(process.env, {
	N8N_USER_FOLDER: home,
	N8N_ENCRYPTION_KEY: 'tests',
	N8N_LOG_LEVEL: 'silent',
});
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
