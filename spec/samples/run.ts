import { spawn, type ChildProcess } from 'node:child_process';
import { root } from '../../scripts/manifest.mjs';

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

/** Ends what a failed test has left running, children included. */
export function endAll(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  running.clear();
}

/**
 * Runs a program to its end, and to that of its children: they have inherited its stdout, and the pipe closes with the last
 * one. A child that is left behind leaves the promise pending.
 *
 * @param args of node
 * @param watch is told of each piece of stdout, and of the child
 */
export function run(args: readonly string[], watch?: (text: string, child: ChildProcess) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const { FORCE_COLOR: _, ...env } = process.env;
    // Detached: the leader of a group of its own, which can be ended as a whole.
    const options = { cwd: root, env: { ...env, NO_COLOR: '1' }, stdio: 'pipe', detached: true } as const;
    const child = spawn(process.execPath, args, options);
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      watch?.(stdout, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, lines: stdout.split(/\r?\n/), stderr });
    });
  });
}
