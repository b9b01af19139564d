// As much of Node's own types as the module's two files for Node need.
declare module "node:fs" { export const statSync: any; }
declare module "node:fs/promises" { export const open: any; export const readFile: any; }
declare module "node:path" { export const basename: any; }
declare module "node:url" { export const fileURLToPath: any; }
declare module "node:worker_threads" { export const Worker: any; export const parentPort: any; export const workerData: any; }
declare var process: any;
