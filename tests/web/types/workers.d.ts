// What a service worker's scope has besides a worker's; sw.js and worker.js are checked against one list of names.
interface WorkerGlobalScope {
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
}
interface WorkerGlobalScopeEventMap {
  install: ExtendableEvent;
  activate: ExtendableEvent;
  fetch: FetchEvent;
  message: ExtendableMessageEvent;
}
declare class URLPattern {
  constructor(parts: { pathname: string });
}
