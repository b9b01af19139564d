// Where the page's own files lie: the folder that the build names by their content, into whose top all modules are bundled.

export const APP = new URL("./", import.meta.url);
