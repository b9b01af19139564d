// Numbers and names as the page writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { advice, bytes, command, count, lines, percent, plural, region, renaming, sentence, shown, shownPath } from "../plain/words.js";

test("numbers are grouped and counted", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.deepEqual([plural(1, "row"), plural(0, "row"), plural(2, "end lies", "ends lie")], ["1 row", "0 rows", "2 ends lie"]);
  assert.deepEqual([bytes(999), bytes(1500), bytes(412_000), bytes(4_812_233), bytes(106e6)], ["999 B", "1.5 kB", "412 kB", "4.8 MB", "106 MB"]);
});

test("a share that is not all or nothing never reads so", () => {
  assert.deepEqual([percent(0, 5), percent(5, 5), percent(1, 1e6), percent(999_999, 1e6), percent(1, 0)], ["0 %", "100 %", "0.1 %", "99.9 %", "0 %"]);
});

test("signs that hide or reorder are shown, long names are cut", () => {
  assert.equal(shown("a\u202eb\u0000c\ufeff"), "a\\u202eb\\u0000c\\ufeff");
  assert.equal(shown("chré 1\ud83e\uddec"), "chré 1\ud83e\uddec");
  assert.equal(shown("x".repeat(500)).length, 201);
  assert.equal(sentence("x".repeat(500)).length, 500);
  assert.deepEqual(["in/x/peaks.bed", "peaks.of.all.bed", "a/b.bed"].map((path) => shownPath(path, 9)), ["…peaks.bed", "peaks.of.…", "a/b.bed"]);
});

test("places, lines and renamings read as sentences do", () => {
  assert.equal(region("chr7", 5500000, -1), "chr7:5,500,000-4,294,967,295");
  assert.deepEqual([lines([7], 1), lines([7, 9], 2), lines([1, 2, 3, 4, 1005], 12)], ["line 7", "lines 7, 9", "lines 1, 2, 3, 4, 1,005, …"]);
  assert.equal(renaming({ 1: "chr1", MT: "chrM" }), "1 → chr1, MT → chrM");
  assert.equal(renaming(Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [n, `chr${n}`]))), "1 → chr1, 2 → chr2, 3 → chr3, 4 → chr4 and 2 more names");
});

test("a message speaks of the buttons beside it, not of Python's options", () => {
  const keep = { label: "Keep as gtars does", options: { invalid: "keep" } };
  const skip = { label: "Skip such lines", options: { invalid: "skip" } };
  const message = "a.bed:2: end 5 precedes start 9; BED lists start first; invalid='keep' keeps such rows";
  assert.equal(advice({ message, action: [skip, keep] }), "a.bed:2: end 5 precedes start 9; BED lists start first; “Keep as gtars does” keeps such rows");
  assert.equal(advice({ message: "$& stays, invalid='keep'", action: [{ label: "$&", options: { invalid: "keep" } }] }), "$& stays, “$&”");
  assert.deepEqual([advice({ message: "no\u202e" }), advice({ message, action: [] })], ["no\\u202e", message]);
});

test("a command names the file as a shell takes it, whatever its name holds", () => {
  assert.equal(command("run: bigBedToBed FILE out.bed", "my peaks.bb"), "bigBedToBed 'my peaks.bb' out.bed");
  assert.equal(command("run: bigBedToBed FILE out.bed (UCSC tools); then drop it", "-a.bb"), "bigBedToBed ./-a.bb out.bed");
  assert.equal(command("run: genotok tokenize -u u.bed 'my (1); FILE.bed' -o MYFILE.gtok", "x"), "genotok tokenize -u u.bed 'my (1); FILE.bed' -o MYFILE.gtok");
  const awk = "gzip -cdf FILE | awk -F'\\\\t' -v OFS='\\\\t' '!/^#/ && NF > 7 {print $1, $4 - 1, $5}' > out.bed";
  assert.equal(command(`run: ${awk}`, "a b.gff"), awk.replace("FILE", "'a b.gff'"));
  assert.equal(command("run: wig2bed < FILE > out.bed (of BEDOPS)", "x.wig"), "wig2bed < x.wig > out.bed");
  assert.equal(command("run: genotok tokenize 'it'\\''s.bed'", "it's.bed"), "genotok tokenize 'it'\\''s.bed'");
  assert.deepEqual([command("drop it again", "a"), command(null, "a"), command("run: cat FILE", "a\u202eb")], [null, null, null]);
});
