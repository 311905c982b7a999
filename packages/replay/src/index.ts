export { type BundleManifest, decodeBundle } from './incident/bundle-file.ts';
export { type ExportedBundle, exportBundle, type StateBefore } from './incident/export-bundle.ts';
export { type OpenBundle, openBundle } from './incident/open-bundle.ts';
export { isSealName } from './index/seal.ts';
export { type LogRange, openRange, type RangeOptions } from './past/log-range.ts';
export { createPast, type Past, type PastOptions } from './past/past.ts';
