// Lays archives into the runtime's file system from outside: no Python runs for it, and stored members are not copied.

const LOCAL = 0x04034b50;
const STREAMED = 8; // flag of members whose sizes follow them
const NAMES = new TextDecoder();

/** The members of a zip, or of a piece of one that begins with a member, as [path, method, bytes as they lie there]. */
export function membersOf(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const members = [];
  for (let at = 0; at + 30 <= zip.byteLength && view.getUint32(at, true) === LOCAL; ) {
    if (view.getUint16(at + 6, true) & STREAMED) throw new Error("a zip archive with sizes behind its members");
    const begin = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    const end = begin + view.getUint32(at + 18, true);
    const path = NAMES.decode(zip.subarray(at + 30, at + 30 + view.getUint16(at + 26, true)));
    if (!path.endsWith("/")) members.push([path, view.getUint16(at + 8, true), zip.subarray(begin, end)]);
    at = end;
  }
  return members;
}

/** The files in it as [path, bytes], deflated ones inflated by the browser. */
export function filesOf(zip) {
  return Promise.all(membersOf(zip).map(async ([path, method, bytes]) => [path, method ? await inflated(bytes) : bytes]));
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Write files, given as [path, bytes], below a folder. The file system keeps these very bytes: they must not change. */
export function lay(FS, folder, files) {
  const made = new Set();
  for (const [path, bytes] of files) {
    const place = `${folder}/${path}`;
    const parent = place.slice(0, place.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(place, bytes, { canOwn: true });
  }
}
