// What a folder holds: which of its files may be regions, which are left out, and under what kind they are counted.

export const MOST = 20_000; // files of one drop; the walk stops there

const REGIONS = /\.(bed\d*|(narrow|broad|gapped)peak|bedgraph|bdg|fragments|tsv|txt|tab)(\.(gz|bgz|bgzf))?$/i;
const paths = new WeakMap();

/** The path of a file in the folder that was given, or its bare name. */
export const pathOf = (file) => (paths.get(file) ?? "") + file.name;

/** ("a/b/x.bed") -> ["a/b/", "x.bed"] */
export const parted = (path) => [parentOf(path), path.slice(path.lastIndexOf("/") + 1)];

/** ("a/b/x.bed") -> "a/b/" */
const parentOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);

/** "reads.bam" -> ".bam"; "x.vcf.gz" -> ".vcf.gz"; "Makefile" -> "without a suffix" */
function kindOf(name) {
  const found = /(\.[^./\s]{1,12})?(\.[^./\s]{1,12})$/.exec(name.toLowerCase());
  if (!found || found.index === 0) return "without a suffix";
  return /^\.(gz|bgz|bz2|xz|zst|bgzf)$/.test(found[2]) ? (found[1] ?? "") + found[2] : found[2];
}

/** Whether a file's name says that it holds regions. */
export const namedAsRegions = ({ name }) => REGIONS.test(name);

/** Part what a folder gave into files to take and those left out, by kind, the most frequent first. */
export function sorted({ files, hidden, stopped }) {
  const taken = files.filter(namedAsRegions);
  const left = files.filter((file) => !namedAsRegions(file));
  const counts = new Map();
  for (const { name } of left) counts.set(kindOf(name), (counts.get(kindOf(name)) ?? 0) + 1);
  const kinds = [...counts].sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1));
  return { taken, leftOut: left.length || hidden || stopped ? Object.freeze({ hidden, stopped, kinds, files: left }) : null };
}

/** Files that an input with `webkitdirectory` gave, in the order of their paths. */
export function listed(files) {
  const found = { files: [], hidden: 0, stopped: false };
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (path.split("/").some((part) => part.startsWith("."))) found.hidden += 1;
    else take(found, file, path);
  }
  return found;
}

/** Every file under dropped entries, after those that came loose; hidden files and folders are passed by and counted. */
export async function walked(entries, loose = []) {
  const found = { files: [...loose], hidden: 0, stopped: false };
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (found.stopped) return;
  if (entry.name.startsWith(".")) {
    found.hidden += 1;
    return;
  }
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null))); // null: gone since the drop
    if (file) take(found, file, entry.fullPath.replace(/^\//, ""));
    return;
  }
  const reader = entry.createReader();
  const children = [];
  for (;;) { // a reader gives at most a hundred at a time
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) break;
    children.push(...some);
  }
  children.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const child of children) await walk(child, found);
}

function take(found, file, path) {
  if (found.files.length >= MOST) {
    found.stopped = true;
    return;
  }
  paths.set(file, parentOf(path));
  found.files.push(file);
}
