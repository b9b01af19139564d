// Uses the module of another origin, which is put in the place of URL_OF_MODULE.
const { open } = await import(URL_OF_MODULE);
const genotok = await open();
const tokenizer = await genotok.universe({ asset: "hg38-ensembl-regulatory" });
const { ids, offsets, report } = await tokenizer.encode(await fetch("./ctcf.bed.gz"));
tell([[...ids], [...offsets], report.name]);
const abort = new AbortController();
await tokenizer.encode(await fetch("./ctcf.bed.gz"), { signal: abort.signal, progress: () => abort.abort() }).catch(({ code }) => tell(code));
tell((await tokenizer.encode(new File(["chr1\t778600\t779200\n"], "one.bed"))).report.name);
genotok.close();
