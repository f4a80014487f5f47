// nginx with nchan: one channel, whose websockets are at /sub, and what is to be published at /pub.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/servers.mjs';
import { until } from '../../support/until.mjs';

function configuration(port, workers, directory) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`);
  return `
    load_module ${process.env.NCHAN_MODULE};
    daemon off;
    pid ${directory}/nginx.pid;
    error_log stderr error;
    lock_file ${directory}/lock;
    worker_processes ${workers};
    worker_rlimit_nofile 65536;
    events { worker_connections 16384; }
    http {
      access_log off;
      ${temporary.join('\n      ')}
      keepalive_requests 1000000;
      server {
        listen 127.0.0.1:${port} backlog=4096;
        location = /sub {
          nchan_subscriber websocket;
          nchan_channel_id chat;
          nchan_subscriber_first_message newest;
          nchan_websocket_ping_interval 30;
        }
        location = /pub {
          nchan_publisher http;
          nchan_channel_id chat;
          nchan_message_buffer_length 2000;
          nchan_message_timeout 60s;
        }
        location = /ready { return 204; }
      }
    }`;
}

/** nchan has nginx make a directory in here, whatever the configuration says; Debian's nginx-common would bring it. */
const COMPILED_IN = '/var/lib/nginx';

/** Starts it with so many worker processes; NCHAN_NGINX is the program, NCHAN_MODULE the module's file. */
export async function startNchan(workers) {
  const directory = mkdtempSync(join(tmpdir(), 'whop-chat-nchan-'));
  const port = await freePort();
  mkdirSync(COMPILED_IN, { recursive: true });
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, configuration(port, workers, directory));
  const child = spawn(process.env.NCHAN_NGINX, ['-p', directory, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const exited = once(child, 'close');
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended:\n${log}`);
    return (await fetch(`${url}/ready`)).ok;
  }, 'nginx');
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return {
    url,
    /** The master and its workers. */
    pids: [child.pid, ...children.map(Number)],
    async stop() {
      child.kill('SIGTERM');
      await exited;
      process.off('exit', kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
