// SPDX-License-Identifier: Apache-2.0
// Bundles src/app.js and all src/*.css (in order of name) into the folder given: node build.mjs FOLDER
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, transform } from "esbuild";

const [, , folder] = process.argv;
const source = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "src");
const target = ["es2022", "chrome120", "firefox121", "safari17"];

await build({
  entryPoints: [path.join(source, "app.js")],
  bundle: true,
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  outfile: path.join(folder, "app.js"),
  target,
});

const sheets = (await readdir(source)).filter((name) => name.endsWith(".css")).sort();
const css = (await Promise.all(sheets.map((name) => readFile(path.join(source, name), "utf8")))).join("\n");
const minified = await transform(css, { loader: "css", minify: true, logLevel: "warning" });
await writeFile(path.join(folder, "app.css"), minified.code);
