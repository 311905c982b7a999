export { createPast, type Past, type PastOptions } from './past/past.ts';
