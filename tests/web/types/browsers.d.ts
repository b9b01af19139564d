// What browsers have and TypeScript's own list of them lacks; the page's own events.
interface Navigator {
  readonly deviceMemory?: number;
}
interface Window {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}
interface WindowEventMap {
  theme: CustomEvent<string>;
}

// What node.js and nodeworker.js need of Node.
declare module "node:*";
declare var process: any;
